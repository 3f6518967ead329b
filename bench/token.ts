import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { createMessageTable } from '../lib/aws/tables/message-table.ts';
import { type Bed, startWorld, type World } from './bed.ts';
import { httpEvent } from './events.ts';
import { startFunction } from './process.ts';
import { type Row, row } from './row.ts';
import { sentMessage } from './stored.ts';

const SIZES = [1, 10, 100];
const OTHERS = 9;
const CALLERS = 10;
/** A refresh of this length would be noticed by whoever waits for it. */
const SLOW_MS = 3_000;
const TOKEN_PATH = '/v1.0/oauth2/accessToken';
const Calls = v.array(v.unknown());
const SENT = sentMessage(Date.now(), 'bench');
const RECEIPTS = httpEvent('GET /messages/{id}/receipts', {}, { pathParameters: { id: SENT.id } });

/** Calls for a token by processes that all need one: cold and together, with the one that asks killed, and as it ages. */
export async function run({ functions }: Bed): Promise<Row[]> {
  const file = functions.get('follow-message')?.file ?? '';
  const rows: Row[] = [];
  for (const size of SIZES) {
    const calls = await inWorld(async (tools) => {
      await together(await tools.start(file, size));
      return tools.tokenCalls();
    });
    const name = `token: calls to DingTalk by ${size} cold processes`;
    rows.push(row({ bench: 'token', name, unit: 'calls', goal: '1' }, [calls]));
  }
  rows.push(...(await inWorld((tools) => holderKilled(tools, file))));
  rows.push(await inWorld((tools) => routineRefresh(tools, file)));
  return rows;
}

type Tools = Awaited<ReturnType<typeof toolsOf>>;
type Processes = Awaited<ReturnType<Tools['start']>>;

async function inWorld<T>(work: (tools: Tools) => Promise<T>): Promise<T> {
  const world = await startWorld({ simulator: { settings: { qps: 1_000_000, monthlyQuota: 1_000_000 } } });
  const tools = await toolsOf(world);
  try {
    return await work(tools);
  } finally {
    await tools.stop();
    await world.close();
  }
}

async function toolsOf({ urls, region, environment }: World) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region, credentials });
  const { MESSAGES_TABLE = '', TOKENS_TABLE = '' } = environment;
  // A message that was sent: asking who has read it takes one call to DingTalk, and so a token.
  await createMessageTable(dynamodb, MESSAGES_TABLE).create(SENT);
  const started: ReturnType<typeof startFunction>[] = [];
  return {
    dynamodb,
    TOKENS_TABLE,
    async start(file: string, count: number) {
      const processes = Array.from({ length: count }, () => startFunction(file, environment));
      started.push(...processes);
      await Promise.all(processes.map(({ loaded }) => loaded));
      return processes;
    },
    async tokenCalls(): Promise<number> {
      const calls: unknown = await (await fetch(`${urls.simulator}/_sim/calls?path=${TOKEN_PATH}`)).json();
      return v.parse(Calls, calls).length;
    },
    async fault(fault: unknown) {
      const body = JSON.stringify({ path: TOKEN_PATH, fault, times: 1 });
      const headers = { 'content-type': 'application/json' };
      await fetch(`${urls.simulator}/_sim/faults`, { method: 'POST', body, headers });
    },
    async record() {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: TOKENS_TABLE, ConsistentRead: true }));
      return Items[0];
    },
    async stop() {
      await Promise.all(started.map((one) => one.stop()));
      dynamodb.destroy();
    },
  };
}

const together = (processes: Processes) => Promise.all(processes.map((one) => one.call(RECEIPTS)));

async function holderKilled({ start, fault, record, tokenCalls }: Tools, file: string): Promise<Row[]> {
  const [holder, ...others] = await start(file, OTHERS + 1);
  await fault('hang');
  holder?.call(RECEIPTS).catch(() => undefined);
  while ((await record())?.leaseOwner === undefined) await sleep(20);
  const waiting = together(others);
  await sleep(200);
  holder?.kill();
  const times = (await waiting).map(({ ms }) => ms);
  const about = { bench: 'token', name: 'token: wait of the others when the one that asks is killed', unit: 'ms' };
  const calls = { bench: 'token', name: 'token: calls to DingTalk with the one that asks killed', unit: 'calls' };
  return [row(about, times), row({ ...calls, goal: '2' }, [await tokenCalls()])];
}

async function routineRefresh(tools: Tools, file: string): Promise<Row> {
  await together(await tools.start(file, 1));
  const old = await tools.record();
  const Key = { id: old?.id ?? { S: '' } };
  // Within ten minutes of its end a token is refreshed, and it lives on meanwhile (messaging.md §1.5).
  await tools.dynamodb.send(
    new UpdateItemCommand({
      TableName: tools.TOKENS_TABLE,
      Key,
      UpdateExpression: 'SET expiresAt = :soon, pauseEndsAt = :past',
      ExpressionAttributeValues: { ':soon': { N: String(Date.now() + 8 * 60_000) }, ':past': { N: '0' } },
    }),
  );
  const callers = await tools.start(file, CALLERS);
  await tools.fault({ latencyMs: SLOW_MS });
  // One after the other, so that they do not wait for the processor either; the first one begins the refresh.
  const answers = [];
  for (const caller of callers) answers.push(await caller.call(RECEIPTS));
  const until = Date.now() + 4 * SLOW_MS;
  const sealed = async () =>
    (await tools.dynamodb.send(new GetItemCommand({ TableName: tools.TOKENS_TABLE, Key }))).Item?.sealed?.S;
  while ((await sealed()) === old?.sealed?.S && Date.now() < until) await sleep(100);
  if ((await sealed()) === old?.sealed?.S) throw new Error('the token was not refreshed');
  const waited = answers.filter(({ ms }) => ms >= SLOW_MS).length;
  const name = `token: of ${CALLERS} callers, those who wait for a routine refresh`;
  return row({ bench: 'token', name, unit: 'callers', goal: '0' }, [waited]);
}
