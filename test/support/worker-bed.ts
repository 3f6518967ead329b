import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startSimulator } from 'dingtalk-simulator';
import { build } from 'esbuild';
import { createDestinationTable } from '../../lib/aws/tables/destination-table.ts';
import { createSeal } from '../../lib/base/seal.ts';
import { startMessageTable, startTables } from './tables.ts';

const SEALING_KEY = 'sealing key of the test';
const APP = {
  ...{ name: 'default', corpId: 'dingsimcorp', appKey: 'dingsimapp', appSecret: 'dingsimsecret' },
  ...{ agentId: 1000001, robotCode: 'dingsimapp', callbacks: [], cardSecrets: [] },
};

/** Where a worker is killed, and at which time it comes by. */
export type Kill = { killAt?: string; killOn?: number };

/** Tables, DingTalk, and workers that each have one record in their hands, in processes of their own. */
export async function startWorkerBed(
  settings: NonNullable<NonNullable<Parameters<typeof startSimulator>[0]>['settings']>,
) {
  // bundled once: it starts many times
  const bundle = join(mkdtempSync(join(tmpdir(), 'dingdock-')), 'worker.cjs');
  await build({
    entryPoints: ['test/functions/deliver-once.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  const tables = await startTables('tokens', 'limits', 'destinations');
  await startMessageTable(tables.client, 'messages');
  const simulator = await startSimulator({ port: 0, settings });
  const seal = createSeal(SEALING_KEY, 'destinations');
  const config = {
    ...{ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_DYNAMODB: tables.url },
    ...{ KEEP_DAYS: 90, MESSAGES_TABLE: 'messages', DESTINATIONS_TABLE: 'destinations' },
    ...{ TOKENS_TABLE: 'tokens', LIMITS_TABLE: 'limits' },
    ...{ OUTBOX_QUEUE_URL: 'http://127.0.0.1:1/unused', OUTBOX_DEAD_LETTERS_URL: 'http://127.0.0.1:1/unused' },
    ...{ MONTHLY_API_CALLS: 5_000, MONTHLY_WEBHOOK_CALLS: 3_000, QUOTA_RESERVE_PERCENT: 10 },
    ...{ DINGTALK_API_URL: simulator.url, DINGTALK_OAPI_URL: simulator.url },
  };
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

  return {
    tables,
    simulator,
    destinations: createDestinationTable(tables.client, 'destinations', seal, Date.now),
    /** Runs one worker; answers whether it was killed. */
    worker(item: object, kill: Kill = {}): Promise<boolean> {
      const given = JSON.stringify({ secret: { sealingKey: SEALING_KEY, apps: [APP] }, config, item, ...kill });
      return new Promise((resolve, reject) => {
        execFile(process.execPath, [bundle, given], { env }, (error, _, stderr) => {
          if (!error) resolve(false);
          else if (error.signal === 'SIGKILL') resolve(true);
          else reject(new Error(stderr));
        });
      });
    },
    async close() {
      rmSync(dirname(bundle), { recursive: true, force: true });
      await simulator.close();
      await tables.close();
    },
  };
}
