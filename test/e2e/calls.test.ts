import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, expect, test } from 'vitest';
import { createMeterTable, monthId } from '../../lib/aws/tables/meter-table.ts';
import { cliOf } from '../support/cli.ts';
import { filesClient } from '../support/files.ts';

// Each row of docs/calls.md is done by the functions; what the simulator charges has to be what the row says, and what
// dingdock counted has to be what the simulator charged.

const { api, request, urls, sim, act, send, put, finished, busEvents, schedule } = await filesClient({
  failedListMinutes: 5,
  signIn: true,
});
const LIMITS = 'dingdock-local-limits';
const { dingdock } = cliOf(urls);
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region: 'us-east-1', credentials });
afterAll(() => dynamodb.destroy());
const began = Date.now();
/** What dingdock counted since then: a month of DingTalk's may turn meanwhile. */
async function counts(): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const at of new Map([began, Date.now()].map((each) => [monthId(each), each])).values())
    for (const [name, count] of Object.entries(await createMeterTable(dynamodb, LIMITS, () => at).read()))
      sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

type Calls = { api: number; webhook: number };
type Kind = keyof Calls;
type Billed = Record<string, Record<string, Partial<Record<Kind, { acts: Record<string, number> }>>>>;

/** What the simulator has charged for calls, by app and kind. Pushes use up a quota too, and are no calls of ours. */
async function chargedByApp(): Promise<Record<string, number>> {
  const billed: Billed = (await sim('GET', '/limits')).body.billed;
  const bills = Object.values(billed).flatMap((apps) => Object.entries(apps));
  const sums: Record<string, number> = {};
  for (const [app, kinds] of bills)
    for (const [kind, { acts = {} } = {}] of Object.entries(kinds))
      for (const [what, count] of Object.entries(acts))
        if (/^[A-Z]+ \//.test(what)) sums[`${app} ${kind}`] = (sums[`${app} ${kind}`] ?? 0) + count;
  return sums;
}

async function charged(): Promise<Calls> {
  const all = Object.entries(await chargedByApp());
  const sum = (kind: Kind) => all.reduce((total, [name, count]) => total + (name.endsWith(` ${kind}`) ? count : 0), 0);
  return { api: sum('api'), webhook: sum('webhook') };
}

/** The same by app and kind, as the simulator names them. */
async function counted(): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [name, count] of Object.entries(await counts())) {
    const [kind, app, what] = name.split('#');
    if (what === undefined) continue;
    const key = `${app === '' ? 'custom-robots' : app} ${kind}`.replace('default', 'dingsimapp');
    sums[key] = (sums[key] ?? 0) + count;
  }
  return sums;
}

const sent = async (body: object) => {
  const answer = await send({ ...body });
  expect(answer.body.status).toBe('sent');
  return answer.body;
};
const dispatched = async (body: object = {}) => {
  const answer = await api('POST', '/tasks', {
    title: '计数',
    assignees: ['zhangsan', 'lisi', 'wangwu'],
    notify: 'project',
    ...body,
  });
  expect(answer.status).toBe(201);
  return answer.body;
};
const asked = async () => {
  const answer = await api('POST', '/approvals', {
    question: '计数？',
    approvers: { people: ['lisi'] },
    to: 'project',
  });
  expect(answer.status).toBe(201);
  return answer.body;
};
const step = (task: { links: { self: string } }, userId: string) =>
  api('PATCH', task.links.self, { step: { userId, state: 'done' } });

/** What an Alertmanager says of one alert. */
async function reported(path: string, status: 'firing' | 'resolved') {
  const [labels, at] = [{ alertname: 'calls' }, new Date().toISOString()];
  const alert = { status, labels, annotations: {}, startsAt: at, endsAt: at, fingerprint: 'calls' };
  const group = {
    groupKey: '{}:{alertname="calls"}',
    groupLabels: labels,
    commonLabels: labels,
    commonAnnotations: {},
  };
  const said = { version: '4', receiver: 'dingdock', externalURL: 'http://localhost:9093', status, ...group };
  expect((await request('POST', `${urls.api}${path}`, { ...said, alerts: [alert] })).status).toBeLessThan(300);
}
/** How the newest incident stands, and what became of its message. */
async function shownIncident() {
  const [newest] = (await api('GET', '/incidents')).body.incidents;
  const { state, messages: [message] = [] } = newest ? (await api('GET', newest.links.self)).body : {};
  return { state, status: message && (await api('GET', `/messages/${message.opening}`)).body.status };
}

/** Where an answer to what somebody wrote goes. */
async function written(text: string): Promise<string> {
  await act('/say', { from: 'zhangsan', text });
  const heard = () => busEvents().filter(({ detail }) => detail.data.text?.content === text);
  await expect.poll(heard).toHaveLength(1);
  return heard()[0].detail.links.reply;
}
const replied = async (path: string) =>
  expect((await api('POST', path, { text: '在' }, { prefer: 'wait=20' })).body.status).toBe('sent');

/** The act of each row. What has to be there before is made by `given`, takes `api` calls, and is no part of the row. */
type Act = { given?: () => Promise<unknown>; api?: number; run: (given: never) => Promise<unknown> };
const ACTS: Record<string, Act> = {
  'a message to a group by its custom robot': { run: () => sent({ to: 'ops', text: '一' }) },
  "a message to a group by the app's robot": { run: () => sent({ to: 'project', text: '一' }) },
  "a message to one to twenty people by the app's robot": { run: () => sent({ to: 'zhangsan', text: '一' }) },
  'a work notification to one to a hundred people': { run: () => sent({ to: 'notice', text: '一' }) },
  'a text that takes three messages in a group': { run: () => sent({ to: 'project', text: LONG }) },
  'a message that DingTalk refuses': {
    given: () => api('PUT', '/destinations/calls-gone', { kind: 'robot-group', openConversationId: 'cidNobody=' }),
    run: async () => expect((await send({ to: 'calls-gone', text: '一' })).body.status).toBe('failed'),
  },
  'a file of the bucket as media, the first time': {
    run: async () => {
      await put('share/project/calls.pdf', Buffer.from('calls'));
      expect((await finished('share/project/calls.pdf')).status).toBe('shared');
    },
  },
  'the same file again, under its name': {
    run: async () => {
      await put('share/project/again/calls.pdf', Buffer.from('calls'));
      expect((await finished('share/project/again/calls.pdf')).status).toBe('shared');
    },
  },
  "recalling a message of the app's robot": {
    api: 1,
    given: () => sent({ to: 'project', text: '撤回' }),
    run: ({ links }: never) => api('POST', `${(links as { self: string }).self}/recall`),
  },
  'asking who has read a message': {
    api: 1,
    given: () => sent({ to: 'project', text: '已读' }),
    run: ({ links }: never) => api('GET', `${(links as { self: string }).self}/receipts`),
  },
  'a task for three people, told to a group': { run: () => dispatched() },
  'the same with a card, for an app that has one': { run: () => dispatched({ via: ['todo', 'card'] }) },
  'a step of one of three people': {
    api: 2,
    given: () => dispatched({ completion: 'all' }),
    run: (task: never) => step(task, 'zhangsan'),
  },
  'the last step, which ends a task, told to a group': {
    api: 2,
    given: () => dispatched({ assignees: ['zhangsan'] }),
    run: (task: never) => step(task, 'zhangsan'),
  },
  'a new due date of a task': {
    api: 2,
    given: () => dispatched(),
    run: ({ links }: never) =>
      api('PATCH', (links as { self: string }).self, { due: new Date(Date.now() + 864e5).toISOString() }),
  },
  'a tick of one of two people in a to-do, where DingTalk tells of it': {
    api: 2,
    given: async () => {
      await sim('POST', '/settings', { todo: { tickable: true } });
      return dispatched({ assignees: ['lisi', 'wangwu'], completion: 'all' });
    },
    run: async ({ todoId, links }: never) => {
      await sim('POST', '/tick', { userId: 'lisi', todo: todoId, done: true });
      await expect.poll(async () => (await api('GET', (links as { self: string }).self)).body.status).toBe('accepted');
    },
  },
  "a question for approval, asked in a group by the app's robot": { run: () => asked() },
  'its decision, told there': {
    api: 1,
    given: () => asked(),
    run: ({ links }: never) => api('DELETE', (links as { self: string }).self),
  },
  'changing a card that was sent': {
    api: 1,
    given: () => sent({ to: 'project', card: { templateId: 'calls.schema', params: { title: '一' } } }),
    run: async ({ links }: never) => {
      const { self } = links as { self: string };
      expect((await api('PATCH', self, { card: { params: { title: '二' } } })).status).toBe(200);
    },
  },
  "an incident, shown by the app's robot: its card, and the change that ends it": {
    run: async () => {
      const rules = { kind: 'alertmanager', to: 'project', incidents: {} };
      const { pathname } = new URL((await api('PUT', '/sources/calls-alarms', rules)).body.address);
      await reported(pathname, 'firing');
      await expect.poll(shownIncident).toMatchObject({ state: 'firing', status: 'sent' });
      await reported(pathname, 'resolved');
    },
  },
  'a command to the robot': { run: () => act('/say', { from: 'zhangsan', text: '帮助' }) },
  'an answer to what somebody wrote to the robot, while the session lives': {
    given: () => written('在吗'),
    run: replied,
  },
  "the same after that, by the app's robot": {
    given: async () => {
      await sim('POST', '/settings', { sessionLifeMs: 0 });
      return written('还在吗');
    },
    run: replied,
  },
  'a file that somebody sends to the robot, fetched': {
    run: async () => {
      await act('/say', { from: 'lisi', file: { name: 'calls.txt', base64: 'eA==' } });
      await expect.poll(() => busEvents().some(({ detail }) => detail.type === 'file.received')).toBe(true);
    },
  },
  'a download link, opened': {
    api: 1,
    given: async () => {
      await api('PUT', '/destinations/calls-links', {
        ...{ kind: 'robot-group', openConversationId: 'cidProject=' },
        files: { linkOnly: true },
      });
      await put('share/calls-links/linked.pdf', Buffer.from('linked'));
      return finished('share/calls-links/linked.pdf');
    },
    run: async ({ link }: never) => {
      expect((await request('GET', (link as { url: string }).url)).status).toBe(302);
    },
  },
  "signing in, by the client or by DingTalk's page": {
    run: async () => {
      const asked = { userId: 'lisi', corpId: 'dingsimcorp', clientId: 'dingsimapp', url: urls.api };
      const { code } = (await sim('POST', '/auth-code', asked)).body;
      const ours = { 'sec-fetch-site': 'same-origin' };
      expect((await request('POST', `${urls.api}/sign-in/dingtalk`, { code }, ours)).status).toBe(200);
      const { headers } = await request('GET', `${urls.api}/sign-in/start?to=/t/t_any`);
      const form = new URLSearchParams({ person: 'union-lisi', corp: 'dingsimcorp', decision: 'agree' });
      const agreed = await fetch(headers.get('location') ?? '', { method: 'POST', body: form, redirect: 'manual' });
      const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
      const back = await request('GET', agreed.headers.get('location') ?? '', undefined, { cookie });
      expect(back.status).toBe(200);
    },
  },
  '`dingdock doctor`, for each app': { run: () => dingdock(['doctor']) },
  '`dingdock doctor --card`, with one app': { run: () => dingdock(['doctor', '--card', 'lisi', '--wait', '1s']) },
  'reconcile, when it reads the failed list': { run: () => schedule('reconcile') },
};

const LONG = Array.from({ length: 400 }, (_, line) => `第 ${line} 行：一个很长的文本，要分成几条消息发送出去。`).join(
  '\n',
);

const MARK = /<!-- \/?calls -->/;
const [, table = ''] = readFileSync('docs/calls.md', 'utf8').split(MARK);
const ROWS = table
  .trim()
  .split('\n')
  .slice(2)
  .map((row) => row.split('|').map((cell) => cell.trim()))
  .map(([, name = '', calls, hooks]) => ({ name, calls: { api: Number(calls), webhook: Number(hooks) } }));

/** By app and kind, what dingdock counted and what the simulator charged where they differ. */
async function differences(): Promise<Record<string, string>> {
  const [ours, theirs] = [await counted(), await chargedByApp()];
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  const pairs = names.map((name) => [name, ours[name] ?? 0, theirs[name] ?? 0] as const);
  return Object.fromEntries(
    pairs.filter(([, one, other]) => one !== other).map(([name, ...both]) => [name, both.join(' counted, charged ')]),
  );
}

/** Until dingdock has counted what the simulator charged: counts are written at the end of a batch. */
async function settled(): Promise<Calls> {
  await expect.poll(differences).toEqual({});
  return charged();
}

/** Does it, and waits until what it has to take was charged, and counted. */
async function costing<T>(calls: Calls, work: () => Promise<T>): Promise<T> {
  const before = await settled();
  const made = await work();
  const taken = async () => {
    const now = await charged();
    return { api: now.api - before.api, webhook: now.webhook - before.webhook };
  };
  await expect.poll(taken).toEqual(calls);
  await settled();
  expect(await taken()).toEqual(calls);
  return made;
}

test('every act has its row, and every row its act', () => {
  expect(ROWS.map(({ name }) => name)).toEqual(Object.keys(ACTS));
});

test.each(ROWS)('$name: $calls.api API calls, $calls.webhook webhook calls', async ({ name, calls }) => {
  const { given, api: first = 0, run } = ACTS[name] ?? {};
  const made = await costing({ api: first, webhook: 0 }, async () => given?.());
  await costing(calls, async () => run?.(made as never));
});

test('with faults both counts differ by no more than the calls whose answer never came', async () => {
  await settled();
  const unanswered = async () => {
    const all = await counts();
    return { api: all['api#unanswered'] ?? 0, webhook: all['webhook#unanswered'] ?? 0 };
  };
  const before = await unanswered();
  const never = async () => {
    const now = await unanswered();
    return { api: now.api - before.api, webhook: now.webhook - before.webhook };
  };
  // a gateway between answers for DingTalk, then a connection breaks once the call was taken
  const todos = '/v1.0/todo/users/union-zhangsan/tasks';
  for (const path of ['/robot/send', '/v1.0/robot/groupMessages/send', todos])
    for (const fault of [{ status: 503 }, 'drop-after-accept']) await sim('POST', '/faults', { path, fault, times: 1 });
  const sendings = ['ops', 'project'].map((to) => api('POST', '/messages', { to, text: '断' }));
  const task = await api('POST', '/tasks', { title: '断', assignees: ['lisi'] });
  const made = [...(await Promise.all(sendings)), task].map(({ body }) => body.links.self);
  const states = () => Promise.all(made.map(async (self) => (await api('GET', self)).body));
  const [sent, todo] = [{ status: 'sent' }, { todoId: expect.any(String) }];
  await expect.poll(states).toMatchObject([sent, sent, todo]);
  await expect.poll(never).toEqual({ api: 4, webhook: 2 });
  const off = async () => {
    const [ours, theirs] = [await counted(), await chargedByApp()];
    const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
    return Object.fromEntries(names.map((name) => [name, (ours[name] ?? 0) - (theirs[name] ?? 0)]));
  };
  // of each two without an answer DingTalk took, and charged, one
  await expect.poll(off).toMatchObject({ 'dingsimapp api': 2, 'custom-robots webhook': 1 });
  console.log(
    `counted less charged: ${JSON.stringify(await off())}; without an answer: ${JSON.stringify(await never())}`,
  );
});
