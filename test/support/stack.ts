import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../local/bundle.ts';
import { startStack } from '../../local/stack.ts';
import type { StackOptions } from '../../local/stack-options.ts';
import { readTemplate } from '../../local/template/template.ts';
import { keep, onceInRun, stackPorts } from './run.ts';

/**
 * The local stack on ports of its own, with its files in a temporary folder; `log` is what the functions wrote. Schedules
 * wait to be invoked. What the functions wrote and asked of AWS is kept for the tests that come after.
 */
export async function startTestStack(options: Partial<StackOptions> = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), 'dingdock-'));
  const log: string[] = [];
  const ours = options.root === undefined; // not the functions of another project
  const calls = new Set<string>();
  const remove = () => rmSync(stateDir, { recursive: true, force: true });
  try {
    const stack = await startStack({
      ports: stackPorts(),
      bundles: ours ? await bundlesOfRun() : undefined,
      stateDir,
      dynamodbUrl: process.env.AWS_ENDPOINT_URL_DYNAMODB,
      schedules: false,
      patient: true,
      onBusEvent: (event) => ours && keep('bus.ndjson', JSON.stringify(event)),
      ...options,
      onAwsCall({ caller, action, resource }) {
        options.onAwsCall?.({ caller, action, resource });
        const call = JSON.stringify([caller, action, resource]);
        if (ours && !calls.has(call)) keep('aws-calls.ndjson', call);
        calls.add(call);
      },
      onFunctionLine(line) {
        log.push(line);
        if (ours) keep('functions.log', line);
        options.onFunctionLine?.(line);
      },
    });
    return {
      ...stack,
      log,
      async stop() {
        if (process.env.DEBUG) console.log(log.join('\n'));
        for (const token of await issuedTokens(stack.urls.simulator)) keep('tokens.txt', token);
        await stack.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The functions' bundles, which the first stack of a run makes for all. */
async function bundlesOfRun(): Promise<string> {
  return onceInRun('bundles', async (outDir) => {
    const root = process.cwd();
    const template = readTemplate(join(root, 'serverless.yml'), {
      stage: 'local',
      queuesUrl: '',
      params: { publicUrl: '' },
    });
    const { ready, stop } = bundle({ root, outDir, template, watch: false, onRebuilt: () => undefined });
    await ready.finally(stop);
  });
}

/** The access tokens with which the simulator was called. */
async function issuedTokens(simulator: string | undefined): Promise<string[]> {
  if (simulator === undefined) return [];
  const calls: { headers: Record<string, string>; query: Record<string, string> }[] = JSON.parse(
    await (await fetch(`${simulator}/_sim/calls`)).text(),
  );
  const tokens = calls.flatMap(({ headers, query }) => [headers['x-acs-dingtalk-access-token'], query.access_token]);
  return [...new Set(tokens.filter((token) => token !== undefined && token.length >= 16))].map(String);
}
