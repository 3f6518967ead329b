import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { type Stack, startStack } from '../local/stack.ts';
import { API_KEY } from '../stage/local-secret.ts';
import type { Bed } from './bed.ts';
import { quantile, type Row, row } from './row.ts';

const ROUNDS = 3;
const LOOK_MS = 50;
const LIMIT_MS = 60_000;
/** So long a robot is left alone that DingTalk holds. */
const HELD_MS = 8_000;
const ANY_PORT = { api: 0, simulator: 0, aws: 0, dynamodb: 0, lambda: 0 };
/** Where nothing arrives, or not yet: what the simulator is told of the group and the robot. */
const PLACES: Record<string, { group?: object; robot?: object; isHeld?: boolean }> = {
  dissolved: { group: { dissolved: true } },
  keyword: { robot: { keywords: ['公告'] } },
  held: { isHeld: true },
};
const ALL = Object.entries(PLACES).flatMap(([place, facts]) =>
  Array.from({ length: ROUNDS }, (_, round) => ({ name: `${place}-${round}`, ...facts })),
);
type Place = (typeof ALL)[number];

const Sent = v.object({
  id: v.string(),
  status: v.string(),
  deliveries: v.optional(v.array(v.object({ waits: v.optional(v.unknown()) })), []),
});
const Made = v.object({ links: v.object({ self: v.string() }) });
const Task = v.object({ troubles: v.optional(v.record(v.string(), v.unknown()), {}) });
const Shares = v.object({ shares: v.array(v.object({ key: v.string(), status: v.string() })) });
type Told = () => Promise<boolean>;

/** How long after its message a share, a task and a digest to a place where nothing arrives say so, and when it does at last. */
export async function run({ dir }: Pick<Bed, 'dir'>): Promise<Row[]> {
  const destinations = ALL.map(({ name }) => name);
  const app = { digest: { at: '09:00', destinations } };
  const stack = await startStack({ ports: ANY_PORT, stateDir: join(dir, 'states'), schedules: false, app });
  const delays: Record<'share' | 'task' | 'digest', number[]> = { share: [], task: [], digest: [] };
  const desk = deskOf(stack);
  try {
    for (const place of ALL) {
      await desk.furnish(place);
      delays.task.push(...(await desk.measure(place, 0, await desk.task(place))));
      delays.share.push(...(await desk.measure(place, 1, await desk.share(place))));
      delays.digest.push(...(await desk.measure(place, 2, await desk.digest(place))));
    }
  } finally {
    desk.destroy();
    await stack.stop();
  }
  const about = { bench: 'states', unit: 's', goal: '≤ 10' };
  return Object.entries(delays).flatMap(([what, values]) => [
    row({ ...about, name: `state of the ${what} after the message's state` }, values),
    row({ ...about, name: `state of the ${what} after the message's state, the longest` }, [quantile(values, 1)]),
  ]);
}

/** What a record says while its message cannot arrive, and once one that was held has. */
type Follows = { act: () => Promise<unknown>; isTrouble: Told; isOver?: Told };

function deskOf({ urls, region, invoke }: Stack) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region, credentials });
  const s3 = new S3Client({ endpoint: urls.aws, region, credentials, forcePathStyle: true });
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  async function ask(method: string, url: string, body?: object): Promise<unknown> {
    const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
  const api = (method: string, path: string, body?: object) => ask(method, `${urls.api}${path}`, body);
  const sim = (path: string, body: object) => ask('POST', `${urls.simulator}/_sim${path}`, body);
  const tasks = new Map<string, string>();
  const troublesOf = async (name: string) => v.parse(Task, await api('GET', tasks.get(name) ?? '')).troubles;

  /** The n-th message to a place, the oldest first. */
  async function message(name: string, n: number) {
    const { messages } = v.parse(v.object({ messages: v.array(Sent) }), await api('GET', `/messages?to=${name}`));
    const found = messages.at(-1 - n);
    return found && v.parse(Sent, await api('GET', `/messages/${found.id}`));
  }

  return {
    async furnish({ name, group = {}, robot = {}, isHeld = false }: Place) {
      const conversation = `cid-${name}`;
      await sim('/groups', { openConversationId: conversation, title: name, members: ['lisi'], ...group });
      await sim('/robots', { accessToken: name, name, conversation, ...robot });
      const pace = isHeld ? { pace: { messages: 20, perMs: 60_000, penaltyMs: HELD_MS } } : {};
      await api('PUT', `/destinations/${name}`, { webhook: name, ...pace });
    },
    async task({ name }: Place): Promise<Follows> {
      const body = { title: name, assignees: ['lisi'], notify: name };
      return {
        act: async () => tasks.set(name, v.parse(Made, await api('POST', '/tasks', body)).links.self),
        isTrouble: async () => (await troublesOf(name)).message !== undefined,
        isOver: async () => (await troublesOf(name)).message === undefined,
      };
    },
    async share({ name, isHeld }: Place): Promise<Follows> {
      const Key = `share/${name}/a.txt`;
      const isIn = (status: string) => async () =>
        v.parse(Shares, await api('GET', '/shares')).shares.some((one) => one.key === Key && one.status === status);
      return {
        act: () => s3.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body: name })),
        isTrouble: isIn(isHeld ? 'sending' : 'failed'),
        isOver: isIn('shared'),
      };
    },
    async digest({ name }: Place): Promise<Follows> {
      const id = `digest#${['default', 'group', name].map(encodeURIComponent).join('#')}`;
      const due = { UpdateExpression: 'SET dueAt = :long', ConditionExpression: 'attribute_exists(id)' };
      const values = { ExpressionAttributeValues: { ':long': { N: '1' } } };
      const update = { TableName: 'dingdock-local-tasks', Key: { id: { S: id } }, ...due, ...values };
      return {
        async act() {
          await dynamodb.send(new UpdateItemCommand(update));
          await invoke('chase-tasks', {});
        },
        isTrouble: async () => (await troublesOf(name)).digest !== undefined,
        isOver: async () => (await troublesOf(name)).digest === undefined,
      };
    },
    /** Seconds by which the record is later than its message, at each state of it. */
    async measure({ name, isHeld }: Place, n: number, { act, isTrouble, isOver }: Follows): Promise<number[]> {
      if (isHeld) await sim('/faults', { path: `/robot/send?access_token=${name}`, fault: 'throttle', times: 1 });
      await act();
      const ends = (status: string) => async () => (await message(name, n))?.status === status;
      const waits = async () => (await message(name, n))?.deliveries[0]?.waits !== undefined;
      if (!isHeld) return [await later(ends('failed'), isTrouble)];
      const held = await later(waits, isTrouble);
      return [held, ...(isOver ? [await later(ends('sent'), isOver)] : [])];
    },
    destroy() {
      dynamodb.destroy();
      s3.destroy();
    },
  };
}

/** How long (s) after the first the second is so; 0 where it comes first. */
async function later(first: Told, second: Told): Promise<number> {
  const [begins, ends] = await Promise.all([first, second].map(momentOf));
  return Math.max(0, (ends ?? 0) - (begins ?? 0)) / 1000;
}

async function momentOf(isTold: Told): Promise<number> {
  const until = performance.now() + LIMIT_MS;
  while (performance.now() < until) {
    if (await isTold()) return performance.now();
    await sleep(LOOK_MS);
  }
  throw new Error(`what is waited for was not told in ${LIMIT_MS / 1000} s: ${isTold}`);
}
