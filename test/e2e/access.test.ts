import { createHash } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, expect, test } from 'vitest';
import { keyStore, newKey } from '../../lib/aws/tables/key-store.ts';
import type { ApiKey } from '../../lib/aws/tables/key-table.ts';
import { SCOPES } from '../../lib/base/access.ts';
import { filesClient } from '../support/files.ts';
import { withinMonth } from '../support/month.ts';

// What a key reaches beside the names in a request: objects, people, apps, records, links in answers, targets.

const { api, request, urls, sim, put, finished, shares, messagesIn } = await filesClient();
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region: 'us-east-1', credentials });
afterAll(() => dynamodb.destroy());

type Scopes = ApiKey['scopes'];
let made = 0;
/** Requests with a new key that was given this and nothing else. */
async function keyed(scopes: Scopes, over: Partial<ApiKey> = {}) {
  const { key, ...ids } = newKey();
  made += 1;
  const none = { destinations: [], people: [], apps: ['*'], createdAt: new Date().toISOString() };
  await keyStore(dynamodb, 'dingdock-local-keys').put({
    ...ids,
    name: `k${made}`,
    owner: `k${made}`,
    scopes,
    ...none,
    ...over,
  });
  return (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    request(method, `${urls.api}${path}`, body, { authorization: `Bearer ${key}`, ...headers });
}
type Answer = { status: number; body: { code?: string } };
const told = ({ status, body }: Answer) => [status, body?.code];
const waiting = { prefer: 'wait=20' };
const dispatched = async (body: object) =>
  (await api('POST', '/tasks', { title: '看一下', assignees: ['zhangsan', 'lisi'], ...body })).body;

test.each([
  ['POST', '/messages', { to: 'ops', text: 'of a new key' }],
  ['POST', '/messages/m_nobody/recall'],
  ['GET', '/destinations'],
  ['GET', '/tasks'],
  ['GET', '/approvals'],
  ['POST', '/files', { to: 'ops', fileName: 'a.txt', size: 1 }],
  ['GET', '/shares'],
  ['GET', '/conversations'],
  ['GET', '/sources'],
])('%s %s notes when its key was used', async (method, path, body?: object) => {
  await (await keyed([...SCOPES], { destinations: ['*'] }))(method, path, body);
  const used = (await keyStore(dynamodb, 'dingdock-local-keys').list()).find(({ name }) => name === `k${made}`);
  expect(Date.parse(used?.lastUsedAt ?? '')).toBeGreaterThan(0);
});

test('requests at once to functions that have just started: every one is taken', async () => {
  const count = process.env.FUZZ === undefined ? 30 : 150;
  const sent = Array.from({ length: count }, () => api('POST', '/files', { to: 'ops', fileName: 'a.txt', size: 1 }));
  const statuses = (await Promise.all(sent)).map(({ status }) => status);
  const tally = Map.groupBy(statuses, (status) => status);
  console.log(`${count} at once: ${[...tally].map(([status, all]) => `${all.length} × ${status}`).join(', ')}`);
  expect(statuses).toEqual(statuses.map(() => 201));
});

test('what is wrong with a key has a code of its own, and a challenge', async () => {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  const revoked = await keyed(['*'], { destinations: ['*'], revokedAt: at(-1_000) });
  const expired = await keyed(['*'], { destinations: ['*'], expiresAt: at(-1_000) });
  const asked = (headers: Record<string, string>) => request('GET', `${urls.api}/tasks`, undefined, headers);
  const answers = [
    await asked({}),
    await asked({ authorization: 'Bearer a b' }),
    await asked({ authorization: 'Bearer nobody' }),
    await revoked('GET', '/tasks'),
    await expired('GET', '/tasks'),
  ];
  const codes = ['key_missing', 'key_malformed', 'key_unknown', 'key_revoked', 'key_expired'];
  expect(answers.map(told)).toEqual(codes.map((code) => [401, code]));
  for (const { headers } of answers) {
    expect(headers.get('www-authenticate')).toContain('Bearer realm="dingdock"');
    expect(headers.get('content-type')).toBe('application/problem+json');
  }
});

test('a mistyped name is answered with the one that was meant, to keys that may see the names and to no other', async () => {
  const all = { destinations: ['*'] };
  const body = {
    to: 'projct',
    text: 'x',
    notify: 'projct',
    title: 'x',
    assignees: ['zhangsan'],
    kind: 'json',
    fileName: 'a.txt',
    size: 1,
  };
  const routes = {
    'POST /messages': ['to', 'text'],
    'POST /tasks': ['title', 'assignees', 'notify'],
    'POST /files': ['to', 'fileName', 'size'],
    'PUT /sources/meant': ['to', 'kind'],
    'GET /destinations/projct': [],
    'POST /destinations/projct/test': [],
  };
  for (const [route, members] of Object.entries(routes)) {
    const [method = '', path = ''] = route.split(' ');
    const given =
      members.length > 0 ? Object.fromEntries(members.map((name) => [name, body[name as 'to']])) : undefined;
    const said = async (scopes: Scopes) =>
      JSON.stringify((await (await keyed(scopes, { ...all, people: ['*'] }))(method, path, given)).body);
    expect(await said(['*']), route).toMatch(/no destination is named .*projct.*did you mean .*project/);
    const blind: Scopes = ['messages:send', 'tasks:write', 'files:share', 'sources:write'];
    expect(await said(blind), route).not.toContain('project');
  }
  const few = await keyed(['*'], { destinations: ['project'] });
  expect(told(await few('GET', '/destinations'))).toEqual([403, 'list_not_allowed']);
});

test('M1: as media a key reaches objects below media/ and shares of the destinations it sends to, and no other', async () => {
  for (const key of ['inbox/cidPrivate=/passport.txt', 'share/zhangsan/salary.txt', 'media/chart.txt', 'private/x.txt'])
    await put(key, Buffer.from(`secret of ${key}`));
  await put('share/project/shared.txt', Buffer.from('for project'));
  await finished('share/project/shared.txt');
  const send = await keyed(['messages:send', 'files:read'], { destinations: ['project'] });
  const attach = (as: typeof send, key: string, to = 'project', fileName = 'stolen.txt') =>
    as('POST', '/messages', { to, file: { mediaId: `s3:${key}`, fileName } }, waiting);
  for (const key of [
    'inbox/cidPrivate=/passport.txt',
    'share/zhangsan/salary.txt',
    'upload/s_1/x',
    'private/x.txt',
    'share/zhangsan,project/x',
  ])
    expect([key, (await attach(send, key)).status]).toEqual([key, 403]);
  expect((await attach(send, 'media/chart.txt')).body).toMatchObject({ status: 'sent' });
  expect((await attach(send, 'share/project/shared.txt')).body).toMatchObject({ status: 'sent' });
  // not even a key for all names what people sent to the robot
  expect(told(await attach(api, 'inbox/cidPrivate=/passport.txt'))).toEqual([403, 'object_not_allowed']);
  const only = await keyed(['messages:send'], { destinations: ['project'] });
  expect(told(await attach(only, 'media/chart.txt'))).toEqual([403, 'scope_missing']);
});

test('M1: the rules of a destination for files hold for media too, and what was revoked is gone', async () => {
  const group = { kind: 'robot-group', openConversationId: 'cidProject=' };
  await api('PUT', '/destinations/pdfs', { ...group, files: { types: ['pdf'], maxBytes: 10 } });
  await api('PUT', '/destinations/links', { ...group, files: { linkOnly: true } });
  await put('media/evil.exe', Buffer.from('123'));
  await put('media/long.pdf', Buffer.from('12345678901'));
  const attach = async (key: string, to: string, fileName: string) => {
    const { body } = await api('POST', '/messages', { to, file: { mediaId: `s3:${key}`, fileName } }, waiting);
    return [body.status, body.deliveries?.[0].attempts[0].code];
  };
  expect(await attach('media/evil.exe', 'pdfs', 'harmless.pdf')).toEqual(['failed', 'type_not_allowed']);
  expect(await attach('media/long.pdf', 'pdfs', 'long.pdf')).toEqual(['failed', 'over_destination_limit']);
  expect(await attach('media/evil.exe', 'links', 'evil.exe')).toEqual(['failed', 'link_only']);
  await put('share/project/taken-back.txt', Buffer.from('taken back'));
  const { id } = await finished('share/project/taken-back.txt');
  expect((await attach('share/project/taken-back.txt', 'project', 'a.txt'))[0]).toBe('sent');
  expect((await api('DELETE', `/shares/${id}/link`)).status).toBe(204);
  expect(await attach('share/project/taken-back.txt', 'project', 'b.txt')).toEqual(['failed', 'object_revoked']);
});

test('M2: who may read tasks gets the page that only shows; links that act are for keys that may act as these people', async () => {
  const task = await dispatched({ notify: 'ops' });
  expect(Object.keys(task.links.pages)).toEqual(['zhangsan', 'lisi']);
  const reader = await keyed(['tasks:read'], { destinations: ['*'], people: ['*'] });
  const { links } = (await reader('GET', task.links.self)).body;
  expect(Object.keys(links).sort()).toEqual(['message', 'page', 'self']);
  const page = new URL(links.page);
  const fields = new URLSearchParams([...page.searchParams, ['action', 'done']]);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await request('GET', links.page)).status).toBe(200);
  expect((await request('POST', `${page.origin}${page.pathname}`, `${fields}`, form)).status).toBe(400);
  expect((await api('GET', task.links.self)).body.status).toBe('assigned');
  const some = await keyed(['tasks:read', 'tasks:write'], { destinations: ['ops'], people: ['zhangsan'] });
  expect(Object.keys((await some('GET', task.links.self)).body.links.pages)).toEqual(['zhangsan']);
  // a userId of another app may be somebody else's
  const question = { question: '？', to: 'ops', approvers: { people: ['zhangsan'] } };
  const approval = (await api('POST', '/approvals', question)).body;
  expect(Object.keys(approval.links.pages)).toEqual(['zhangsan']);
  const scopes: Scopes = ['tasks:read', 'tasks:write', 'approvals:read', 'approvals:write'];
  const other = await keyed(scopes, { destinations: ['ops'], people: ['zhangsan'], apps: ['second'] });
  for (const each of [task, approval]) {
    const seen = await other('GET', each.links.self);
    expect([seen.status, seen.body.links.page !== undefined, seen.body.links.pages]).toEqual([200, true, undefined]);
  }
  const { tasks } = (await api('GET', '/tasks')).body;
  expect(tasks.length).toBeGreaterThan(0);
  for (const each of tasks) expect(each.links.pages).toBeUndefined();
});

test('M3: a key for ops reaches nobody by tasks, whatever member names them', async () => {
  const task = await dispatched({ notify: 'ops' });
  const before = (await sim('GET', '/todos')).body;
  const [toZhangsan, toWangwu] = [(await messagesIn('zhangsan')).length, (await messagesIn('wangwu')).length];
  const ops = await keyed(['tasks:write', 'tasks:read'], { destinations: ['ops'] });
  const body = { title: 'PHISH', notify: 'ops' };
  const refused = [
    await ops('POST', '/tasks', { ...body, assignees: ['zhangsan'] }),
    await ops('POST', '/tasks', { ...body, assignees: [{ mobile: '13800000003' }] }),
    await ops('PATCH', task.links.self, { add: ['wangwu'] }),
    await ops('PATCH', task.links.self, {
      title: 'PHISH',
      due: new Date(Date.now() + 1e6).toISOString(),
      remindBefore: 43_200,
    }),
    await ops('PATCH', task.links.self, { step: { userId: 'lisi', state: 'done' } }),
  ];
  const some = await keyed(['tasks:write'], { destinations: ['ops'], people: ['zhangsan'] });
  refused.push(
    await some('POST', '/tasks', { ...body, assignees: ['zhangsan'], creator: 'lisi' }),
    await some('POST', '/tasks', { ...body, assignees: ['zhangsan'], participants: ['wangwu'] }),
    await some('PATCH', task.links.self, { status: 'cancelled' }),
  );
  expect(refused.map(told)).toEqual(refused.map(() => [403, 'people_not_allowed']));
  const other = await keyed(['tasks:write'], { people: ['*'], apps: ['second'] });
  expect(told(await other('POST', '/tasks', { title: 'x', assignees: ['lisi'] }))).toEqual([403, 'app_not_allowed']);
  expect((await ops('GET', task.links.self)).status).toBe(200);
  expect((await sim('GET', '/todos')).body).toEqual(before);
  expect([(await messagesIn('zhangsan')).length, (await messagesIn('wangwu')).length]).toEqual([toZhangsan, toWangwu]);
  const own = await some('POST', '/tasks', { ...body, title: 'for zhangsan', assignees: ['zhangsan'] });
  expect(own.status).toBe(201);
  expect((await some('PATCH', own.body.links.self, { status: 'done' })).status).toBe(200);
});

test('M4: nobody can tell an id from an Idempotency-Key, and records without a destination belong to their owner', async () => {
  const scopes: Scopes = ['tasks:write', 'tasks:read', 'files:share'];
  const people = { people: ['*'] };
  const one = await keyed(scopes, { ...people, owner: 'billing', destinations: ['project'] });
  const order = { 'idempotency-key': 'order-1234' };
  const task = (await one('POST', '/tasks', { title: 'order', assignees: ['lisi'] }, order)).body;
  expect(task.id).toMatch(/^t_[a-z0-9]{26}$/);
  for (const known of ['billing', 'key:billing', `k${made}`])
    expect(task.id).not.toContain(createHash('sha256').update(`${known}\norder-1234`).digest('hex').slice(0, 26));
  expect((await one('POST', '/tasks', { title: 'order', assignees: ['lisi'] }, order)).body.id).toBe(task.id);
  const stranger = await keyed(scopes, { ...people, destinations: ['ops'] });
  expect(told(await stranger('GET', task.links.self))).toEqual([403, 'record_not_allowed']);
  // a refusal names nothing of the record that whoever asks has not named
  const notified = await dispatched({ notify: ['project'] });
  const refused = await stranger('GET', notified.links.self);
  expect(told(refused)).toEqual([403, 'destination_not_allowed']);
  expect(refused.text).not.toContain('project');
  const other = await keyed(scopes, { people: ['wangwu'], apps: ['other'], destinations: ['project'] });
  const change = await other('PATCH', notified.links.self, { title: 'x' });
  expect(told(change)).toEqual([403, 'people_not_allowed']);
  expect(change.text).not.toMatch(/zhangsan|lisi/);
  expect(told(await stranger('PATCH', task.links.self, { title: 'x' }))).toEqual([403, 'record_not_allowed']);
  const theirs = (await stranger('POST', '/tasks', { title: 'order', assignees: ['lisi'] }, order)).body;
  expect(theirs.id).not.toBe(task.id);
  // a key that follows goes on with the records and the Idempotency-Keys
  const next = await keyed(scopes, { ...people, owner: 'billing' });
  expect((await next('GET', task.links.self)).status).toBe(200);
  expect((await next('POST', '/tasks', { title: 'order', assignees: ['lisi'] }, order)).body.id).toBe(task.id);
  const file = { to: 'project', fileName: 'a.txt', size: 1 };
  expect((await one('POST', '/files', file, order)).body.id).toMatch(/^s_[a-z0-9]{26}$/);
  // what the bucket took has such an id too: who put the object knows its name, version and sum
  await put('share/project/known.txt', Buffer.from('known'));
  const shared = async () => (await shares()).find(byKey);
  const byKey = ({ key }: { key: string }) => key === 'share/project/known.txt';
  await expect.poll(shared).toBeDefined();
  const { id, eTag = '' } = await shared();
  expect(id).toMatch(/^s_[a-z0-9]{26}$/);
  expect(eTag).not.toContain(id.slice(2));
});

test('no key takes the Idempotency-Keys of our own messages, whatever its owner is called', async () => {
  const task = await dispatched({ notify: ['project'], tell: 'every' });
  for (const owner of ['tasks', 'share-file', 'dingdock']) {
    const taker = await keyed(['messages:send'], { owner, destinations: ['project'] });
    const taken = await taker(
      'POST',
      '/messages',
      { to: 'project', text: '占位' },
      { 'idempotency-key': `${task.id}#2` },
    );
    expect(taken.status).toBe(202);
  }
  expect((await api('PATCH', task.links.self, { status: 'cancelled' })).status).toBe(200);
  const news = async () =>
    (await messagesIn('cidProject=')).filter((said: object) => JSON.stringify(said).includes('🚫'));
  await expect.poll(async () => (await news()).length).toBeGreaterThan(0);
});

test('a key spends no more calls than its budget has: repeats and refusals cost nothing, and whoever is refused is told', () =>
  withinMonth(async () => {
    const one = await keyed(['*'], { destinations: ['*'], people: ['*'], budget: 6 });
    const text = (to: string | string[], key: string) =>
      one('POST', '/messages', { to, text: '预算' }, { 'idempotency-key': key });
    expect((await text('ops', 'first')).status).toBe(202);
    expect((await text('ops', 'first')).status).toBe(202);
    expect((await text('nobody-knows', 'unknown')).status).toBe(422);
    expect((await text('ops', 'first-other').then(() => text(['ops', 'project'], 'first-other'))).status).toBe(422);
    // two so far; a task for one destination takes two, and an unknown assignee none
    const task = { title: '预算', notify: ['project'] };
    expect((await one('POST', '/tasks', { ...task, assignees: ['nobody-at-all'] })).status).toBe(422);
    expect((await one('POST', '/tasks', { ...task, assignees: ['lisi'] })).status).toBe(201);
    const refused = await one('POST', '/messages', { to: ['ops', 'project', 'zhangsan'], text: '预算' });
    expect(told(refused)).toEqual([429, 'budget_used_up']);
    expect(refused.text).toContain('has made 4 of its 6 calls to DingTalk of this month, and this takes up to 3');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await one('POST', '/files', { to: 'ops', fileName: 'a.txt', size: 1 })).status).toBe(201);
    expect(told(await text('ops', 'last'))).toEqual([429, 'budget_used_up']);
    expect((await one('GET', '/destinations/ops')).status).toBe(200);
  }));

test('no request takes more than 200 calls, by whatever route it tells many people', async () => {
  const userIds = Array.from({ length: 2_000 }, (_, n) => `u${n}`);
  const wide = ['wide-0', 'wide-1', 'wide-2'];
  for (const name of wide)
    expect((await api('PUT', `/destinations/${name}`, { kind: 'robot-users', userIds })).status).toBe(200);
  const two = wide.slice(1);
  const task = { title: '一', assignees: ['lisi'] };
  const rules = [{ labels: { a: 'b' }, to: two }];
  const answers = [
    await api('POST', '/messages', { to: wide, text: '一' }),
    await api('POST', '/tasks', { ...task, notify: wide }),
    await api('POST', '/tasks?dryRun=true', { ...task, notify: wide }),
    await api('POST', '/approvals', { question: '？', approvers: { people: ['lisi'] }, to: two }),
    await api('POST', '/files', { to: wide, fileName: 'a.txt', size: 1 }),
    await api('PUT', '/sources/wide', { kind: 'json', to: wide }),
    await api('PUT', '/sources/wide', { kind: 'alertmanager', to: 'ops', incidents: { rules } }),
  ];
  expect(answers.map(told)).toEqual(answers.map(() => [422, 'too_many_calls']));
  expect((await api('POST', '/tasks?dryRun=true', { ...task, notify: 'wide-0' })).body.calls).toBe(101);
  // a budget counts them all
  const spender = await keyed(['*'], { destinations: ['*'], people: ['*'], budget: 50 });
  expect(told(await spender('POST', '/tasks', { ...task, notify: 'wide-0' }))).toEqual([429, 'budget_used_up']);
});

test('M9: a key for ops gives its robot another secret, and leads its name nowhere else', async () => {
  const robot = { kind: 'custom-robot', accessToken: 'simopsrobot' };
  await api('PUT', '/destinations/bound', { ...robot, secret: 'SECold' });
  const ops = await keyed(['destinations:write', 'destinations:read'], {
    destinations: ['bound', 'unbound'],
    people: ['*'],
  });
  const changes = [
    { kind: 'robot-group', openConversationId: 'cidProject=' },
    { kind: 'robot-users', userIds: ['zhangsan'] },
    { ...robot, accessToken: 'simprojectrobot', secret: 'SECnew' },
    { ...robot, secret: 'SECnew', files: { linkOnly: true } },
  ];
  for (const change of changes)
    expect(told(await ops('PUT', '/destinations/bound', change))).toEqual([403, 'target_not_allowed']);
  expect(told(await ops('PUT', '/destinations/unbound', robot))).toEqual([403, 'target_not_allowed']);
  expect(told(await ops('DELETE', '/destinations/bound'))).toEqual([403, 'target_not_allowed']);
  expect((await ops('PUT', '/destinations/bound', { ...robot, secret: 'SECnew' })).status).toBe(200);
  expect((await ops('GET', '/destinations/bound')).body).toMatchObject({ kind: 'custom-robot', signs: true });
});

test('rows of other kinds, and ids that are none, are no records', async () => {
  await dispatched({});
  const long = 'x'.repeat(2_100);
  const ids = [
    '#1',
    'number',
    'person#default#userId#zhangsan',
    't_#1',
    `t_${long}`,
    'f_x',
    'media#x',
    'm_1',
    long,
    '-',
  ];
  for (const id of ids.map(encodeURIComponent)) {
    const answers = [
      await api('GET', `/tasks/${id}`),
      await api('PATCH', `/tasks/${id}`, { title: 'x' }),
      await api('GET', `/shares/${id}`),
      await api('DELETE', `/shares/${id}/link`),
      await api('GET', `/messages/${id}`),
      await api('POST', `/messages/${id}/recall`),
      await api('GET', `/destinations/${id}`),
      await request('GET', `${urls.api}/f/${id}`),
    ];
    expect([id, ...answers.map(({ status }) => status)]).toEqual([id, ...answers.map(() => 404)]);
  }
  expect((await api('DELETE', `/destinations/${long}`)).status).toBe(204);
  expect((await api('POST', `/destinations/${long}/test`)).status).toBeLessThan(500);
  expect((await api('POST', '/messages', { to: long, text: 'x' })).status).toBe(422);
});

test('what is too deep, too long, of another list or of no scheme of ours is told, and breaks nothing', async () => {
  const deep = `{"title":"x","assignees":["lisi"],"data":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
  expect(told(await api('POST', '/tasks', deep))).toEqual([400, 'invalid_json']);
  const cursor = Buffer.from(JSON.stringify({ id: 'x', day: '2026-11-28', createdAt: 'x' })).toString('base64url');
  expect(told(await api('GET', `/shares?cursor=${cursor}&day=2026-02-28`))).toEqual([400, 'invalid_cursor']);
  expect(told(await api('GET', '/shares?day=2026-02-31'))).toEqual([400, 'invalid_query']);
  expect(told(await api('GET', '/tasks?asignee=lisi'))).toEqual([400, 'invalid_query']);
  expect(told(await api('GET', '/destinations/ops?x=1'))).toEqual([400, 'invalid_query']);
  const task = await dispatched({});
  const add = Array.from({ length: 101 }, (_, n) => `nobody${n}`);
  expect(told(await api('PATCH', task.links.self, { add }))).toEqual([422, 'invalid_request']);
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd']) {
    expect([url, (await api('POST', '/tasks', { title: 'x', assignees: ['lisi'], url })).status]).toEqual([url, 422]);
    const link = { title: 'x', text: 'x', url };
    expect([url, (await api('POST', '/messages', { to: 'ops', link })).status]).toEqual([url, 422]);
  }
  const inApp = { title: 'x', text: 'x', url: 'dingtalk://dingtalkclient/page/link?url=x' };
  expect((await api('POST', '/messages', { to: 'ops', link: inApp })).status).toBe(202);
  const odd = { 'idempotency-key': 'é' };
  expect((await request('GET', `${urls.api}/health`, undefined, odd)).status).toBe(200);
});
