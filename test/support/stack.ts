import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StackOptions, startStack } from '../../local/stack.ts';

const ANY_PORT = { api: 0, simulator: 0, aws: 0, dynamodb: 0, lambda: 0 };

/** The local stack on free ports, with its files in a temporary folder; `log` is what the functions wrote. */
export async function startTestStack(options: Partial<StackOptions> = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), 'dingdock-'));
  const log: string[] = [];
  const remove = () => rmSync(stateDir, { recursive: true, force: true });
  try {
    const stack = await startStack({
      ports: ANY_PORT,
      stateDir,
      dynamodbUrl: process.env.AWS_ENDPOINT_URL_DYNAMODB,
      ...options,
      onFunctionLine(line) {
        log.push(line);
        options.onFunctionLine?.(line);
      },
    });
    return {
      ...stack,
      log,
      async stop() {
        await stack.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
