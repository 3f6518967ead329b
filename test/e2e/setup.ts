import type { TestProject } from 'vitest/node';
import { startTestStack } from '../support/stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    urls: { api: string; aws: string; dynamodb: string; simulator: string };
    busFile: string;
  }
}

/** Starts the local stack for all end-to-end tests; what the functions wrote is shown when a test failed. */
export default async function setup(project: TestProject) {
  const { urls, busFile, stop, log } = await startTestStack();
  if (urls.simulator === undefined) throw new Error('the end-to-end tests need the simulator');
  project.provide('urls', { ...urls, simulator: urls.simulator });
  project.provide('busFile', busFile);
  return async () => {
    if (process.env.DEBUG) console.log(log.join('\n'));
    await stop();
  };
}
