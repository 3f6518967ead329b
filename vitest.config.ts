import { defineConfig } from 'vitest/config';
import { CONTAINERS } from './test/support/containers.ts';
import { beginRun } from './test/support/run.ts';

await beginRun();

export default defineConfig({
  test: {
    // How long a thing may take before the test gives it up: long, since how busy the machine is proves nothing. Nothing
    // else in the suite measures time; figures are made by `npm run bench`.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 120_000, interval: 100 } },
    // What the functions log matters when a test fails.
    silent: 'passed-only',
    // All of it is searched for secrets in the end (test/after/secrets.test.ts); so the logger has to go by the console.
    reporters: ['default', './test/support/keep-output.ts'],
    env: { POWERTOOLS_DEV: 'true' },
    // Many tests wait for processes and clocks: six at a time fill even a small machine.
    maxWorkers: 6,
    // No module keeps anything that a test could leave behind; to load all anew for each file took a fifth of the time.
    isolate: false,
    setupFiles: ['test/support/own-environment.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/after/**', 'test/all/**', 'test/cloud/**', ...CONTAINERS],
        },
      },
      {
        extends: true,
        // Each file has a stack of its own, with its own DingTalk.
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'] },
      },
      {
        extends: true,
        // What a function keeps as long as its container lives: the next file must not find it.
        test: { name: 'container', include: CONTAINERS, isolate: true },
      },
      {
        extends: true,
        // What the whole run left behind: all the others have to go before.
        test: { name: 'after', include: ['test/after/**/*.test.ts'], sequence: { groupOrder: 1 } },
      },
      // The parts of `npm run test:all` that have tests of their own.
      ...(process.env.TEST_ALL === undefined
        ? []
        : [
            { extends: true as const, test: { name: 'all', include: ['test/all/**/*.test.ts'] } },
            {
              extends: true as const,
              // One AWS for all, whose account some of them change.
              test: {
                name: 'cloud',
                include: ['test/cloud/**/*.test.ts'],
                globalSetup: 'test/cloud/setup.ts',
                fileParallelism: false,
              },
            },
          ]),
    ],
  },
});
