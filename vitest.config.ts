import { defineConfig } from 'vitest/config';

const LIBRARY = ['lib', 'simulator', 'contracts', 'deploy'].map((folder) => `test/${folder}/**/*.test.ts`);
const DELIVERY = 'test/e2e/delivery.test.ts';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } }, // a machine that does other work meanwhile is no failure
    hookTimeout: 60_000,
    // A shared machine may miss a limit of wall-clock time once. What chance found wrong is never tried again: it is wrong.
    retry: { count: process.env.CI ? 1 : 0, condition: /^(?!Property failed)/ },
    // What the functions log matters when a test fails.
    silent: 'passed-only',
    // All of it is searched for secrets in the end (test/after/secrets.test.ts); so the logger has to go by the console.
    reporters: ['default', './test/support/keep-output.ts'],
    env: { POWERTOOLS_DEV: 'true' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/after/**', ...LIBRARY],
          // Many of these wait for processes and clocks: three at a time fill even a small machine.
          maxWorkers: 3,
        },
      },
      {
        extends: true,
        // No module keeps anything here that a test could leave behind: a new process for each file took half the time.
        test: { name: 'library', include: LIBRARY, isolate: false, maxWorkers: 3 },
      },
      {
        extends: true,
        // These wait for minutes to pass more than they work, on a stack of their own, while the others go on.
        test: { name: 'delivery', include: [DELIVERY], globalSetup: 'test/e2e/setup.ts', maxWorkers: 3 },
      },
      {
        extends: true,
        // The whole stack is started once and shared, so its tests go one file after the other, each with its own names.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [DELIVERY],
          globalSetup: 'test/e2e/setup.ts',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // What the whole run left behind: the end-to-end tests have to go before.
        test: { name: 'after', include: ['test/after/**/*.test.ts'], sequence: { groupOrder: 2 } },
      },
    ],
  },
});
