import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startSimulator } from 'dingtalk-simulator';
import { build } from 'esbuild';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDestinationTable } from '../../lib/aws/tables/destination-table.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { createSeal } from '../../lib/base/seal.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import type { Message } from '../../lib/messages/message.ts';
import { delivery as fresh, message } from '../support/messages.ts';
import { startMessageTable, startTables } from '../support/tables.ts';

const POINTS = [
  'before-take',
  'after-take',
  'after-start',
  'before-send',
  'after-send',
  'before-record',
  'after-record',
];
const SEALING_KEY = 'sealing key of the test';
const robot: Destination = { kind: 'custom-robot', accessToken: 'simopsrobot', secret: 'SECsimopsrobot' };
const group: Destination = { kind: 'robot-group', openConversationId: 'cidProject=' };

/** One worker, bundled once: it starts more than forty times. */
let bundle: string;
let tables: Awaited<ReturnType<typeof startTables>>;
let simulator: Awaited<ReturnType<typeof startSimulator>>;
beforeAll(async () => {
  bundle = join(mkdtempSync(join(tmpdir(), 'dingdock-')), 'worker.cjs');
  await build({
    entryPoints: ['test/functions/deliver-once.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  tables = await startTables('tokens', 'limits', 'destinations');
  await startMessageTable(tables.client, 'messages');
  simulator = await startSimulator({
    port: 0,
    settings: { robotWindow: { limit: 1000, windowMs: 60_000, penaltyMs: 1 } },
  });
  const destinations = createDestinationTable(
    tables.client,
    'destinations',
    createSeal(SEALING_KEY, 'destinations'),
    Date.now,
  );
  await destinations.put('robot', { ...robot, pace: { messages: 1000, perMs: 1 } });
  await destinations.put('group', group);
});
afterAll(async () => {
  rmSync(dirname(bundle), { recursive: true, force: true });
  await simulator.close();
  await tables.close();
});

/** Runs one worker in a process of its own; answers whether it was killed. */
async function worker(item: object, killAt = ''): Promise<boolean> {
  const app = {
    name: 'default',
    corpId: 'dingsimcorp',
    appKey: 'dingsimapp',
    appSecret: 'dingsimsecret',
    agentId: 1000001,
    robotCode: 'dingsimapp',
    callbacks: [],
    cardSecrets: [],
  };
  const config = {
    KEEP_DAYS: 90,
    MESSAGES_TABLE: 'messages',
    DESTINATIONS_TABLE: 'destinations',
    TOKENS_TABLE: 'tokens',
    LIMITS_TABLE: 'limits',
    OUTBOX_QUEUE_URL: 'http://127.0.0.1:1/unused',
    OUTBOX_DEAD_LETTERS_URL: 'http://127.0.0.1:1/unused',
    MONTHLY_API_CALLS: 5_000,
    MONTHLY_WEBHOOK_CALLS: 3_000,
    QUOTA_RESERVE_PERCENT: 10,
    DINGTALK_API_URL: simulator.url,
    DINGTALK_OAPI_URL: simulator.url,
  };
  const settings = JSON.stringify({ secret: { sealingKey: SEALING_KEY, apps: [app] }, config, item, killAt });
  const env = {
    ...process.env,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: await tables.client.config
      .endpoint?.()
      .then(({ protocol, hostname, port }) => `${protocol}//${hostname}:${port}`),
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [bundle, settings], { env }, (error, _, stderr) => {
      if (!error) resolve(false);
      else if (error.signal === 'SIGKILL') resolve(true);
      else reject(new Error(stderr));
    });
  });
}

async function crashAt(point: string, name: string, delivery: Message['delivery']) {
  const id = `m_${name}_${delivery}_${point}`;
  const text = `${name} ${delivery} ${point}`;
  const messages = createMessageTable(tables.client, 'messages');
  const createdAt = new Date().toISOString();
  await messages.create(
    message({ id, createdAt, delivery, content: { kind: 'text', text }, deliveries: { [name]: fresh() } }),
  );
  const item = { messageId: id, destination: name };
  expect(await worker(item, point)).toBe(true);
  await worker(item);
  const conversation = name === 'robot' ? 'cidOps=' : 'cidProject=';
  const answer = await fetch(`${simulator.url}/_sim/messages?conversation=${encodeURIComponent(conversation)}`);
  const shown = v.parse(v.array(v.object({ text: v.string() })), await answer.json());
  const count = shown.filter((one) => one.text === text).length;
  return { count, delivery: (await messages.get(id))?.deliveries[name] };
}

test.each(POINTS)('a robot shows the message once when its worker is killed %s', async (point) => {
  const { count, delivery } = await crashAt(point, 'robot', 'at-least-once');
  expect(count).toBe(1);
  expect(delivery?.status).toBe('sent');
  expect(delivery?.possibleDuplicate).toBeUndefined();
});

test.each(POINTS)('a group shows it at least once, and a second time only flagged, when killed %s', async (point) => {
  const { count, delivery } = await crashAt(point, 'group', 'at-least-once');
  expect(delivery?.status).toBe('sent');
  expect(count).toBeGreaterThanOrEqual(1);
  expect(count).toBeLessThanOrEqual(delivery?.possibleDuplicate ? 2 : 1);
});

test.each([
  ['before-take', 'sent', 1],
  ['after-take', 'sent', 1],
  ['after-start', 'unknown', 0],
  ['before-send', 'unknown', 0],
  ['after-send', 'unknown', 1],
  ['before-record', 'unknown', 1],
  ['after-record', 'sent', 1],
])('a group never shows it twice when at most once was asked for: killed %s it is %s', async (point, status, times) => {
  const { count, delivery } = await crashAt(point, 'group', 'at-most-once');
  expect(delivery?.status).toBe(status);
  expect(count).toBe(times);
});
