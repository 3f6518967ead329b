import type { TestProject } from 'vitest/node';
import { AWS_CALLS_FILE } from '../support/aws-calls-file.ts';
import { keepOutput, OUTPUT_FILES, SIMULATORS_FILE } from '../support/canaries.ts';
import { startTestStack } from '../support/stack.ts';

declare module 'vitest' {
  interface ProvidedContext {
    urls: { api: string; aws: string; dynamodb: string; simulator: string };
    busFile: string;
  }
}

/**
 * Starts a local stack for all end-to-end tests of a project; what the functions wrote is shown when a test failed. What they asked
 * of AWS and all that they wrote is kept for the tests that come after.
 */
export default async function setup(project: TestProject) {
  const calls = new Set<string>();
  const { urls, busFile, stop, log } = await startTestStack({
    onFunctionLine: (line) => keepOutput(OUTPUT_FILES.functions, line),
    onBusEvent: (event) => keepOutput(OUTPUT_FILES.bus, JSON.stringify(event)),
    onAwsCall({ caller, action, resource }) {
      const call = JSON.stringify([caller, action, resource]);
      // as they come: this stack is taken down when the tests that come after have read them
      if (!calls.has(call)) keepOutput(AWS_CALLS_FILE, call);
      calls.add(call);
    },
  });
  if (urls.simulator === undefined) throw new Error('the end-to-end tests need the simulator');
  keepOutput(SIMULATORS_FILE, urls.simulator);
  project.provide('urls', { ...urls, simulator: urls.simulator });
  project.provide('busFile', busFile);
  return async () => {
    if (process.env.DEBUG) console.log(log.join('\n'));
    await stop();
  };
}
