import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { erase, keptOf, whoIs } from '../../cli/people/kept.ts';
import type { Approval } from '../../lib/approvals/approval.ts';
import { createConversationTable } from '../../lib/aws/tables/conversation-table.ts';
import { createDeedTable } from '../../lib/aws/tables/deed-table.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { createPeopleTable } from '../../lib/aws/tables/people-table.ts';
import { createApprovalTable } from '../../lib/aws/tables/records/approval-table.ts';
import { createButtonTable } from '../../lib/aws/tables/records/button-table.ts';
import { createIncidentTable } from '../../lib/aws/tables/records/incident-table.ts';
import { createReadTable } from '../../lib/aws/tables/records/read-table.ts';
import { createSourceTable } from '../../lib/aws/tables/source-table.ts';
import { createTaskTable } from '../../lib/aws/tables/task-table.ts';
import type { By } from '../../lib/base/people/by.ts';
import { createSeal } from '../../lib/base/seal.ts';
import type { Incident } from '../../lib/incidents/incident.ts';
import type { Next } from '../../lib/records/record.ts';
import type { HistoryEntry } from '../../lib/tasks/task.ts';
import { KNOWN_KEYS } from '../../stage/local-secret.ts';
import { runCli } from '../support/cli.ts';
import { delivery, message } from '../support/messages.ts';
import { startDestinationTable, startMessageTable, startTables, startTaskTable } from '../support/tables.ts';
import { person, task } from '../support/tasks.ts';

const at = '2026-06-01T04:00:00.000Z';
const name = (part: string) => `dingdock-local-${part}`;
const TASKS = { table: name('tasks'), lists: name('records') };
let tables: Awaited<ReturnType<typeof startTables>>;
let dynamodb: DynamoDBClient;
beforeAll(async () => {
  tables = await startTables(...['shares', 'conversations', 'keys'].map(name));
  dynamodb = tables.client;
  await startDestinationTable(dynamodb, name('destinations'));
  for (const part of ['messages', 'records']) await startMessageTable(dynamodb, name(part));
  await startTaskTable(dynamodb, name('tasks'));
});
afterAll(() => tables.close());

const dingdock = (...args: string[]) => runCli({ AWS_ENDPOINT_URL_DYNAMODB: tables.url }, args);
/** All that stands in the tables, as it stands there. */
async function everything(): Promise<string> {
  const parts = ['tasks', 'messages', 'shares', 'conversations', 'records'].map(name);
  const found = await Promise.all(parts.map((TableName) => dynamodb.send(new ScanCommand({ TableName }))));
  return JSON.stringify(found.map(({ Items }) => Items));
}

/** What the functions write of a closed task of two people, with everything that follows it. */
async function keepTasks(): Promise<void> {
  const tasks = createTaskTable(dynamodb, TASKS, Date.now);
  const said: HistoryEntry = { version: 2, at, by: 'zhangsan', via: 'page', action: 'done', assignee: 'zhangsan' };
  const row = { list: 'person#zhangsan#closed', order: `~#${at}#t_1`, over: true };
  const history = [{ ...said, comment: '我去医院了' }];
  await tasks.create(task({ id: 't_1', status: 'done', creator: person('zhangsan'), notify: ['zhangsan'], history }));
  await tasks.take('t_1', 'worker', Date.now() + 60_000);
  const sent = { ownerUnionId: 'union-zhangsan', executors: ['union-zhangsan', 'union-lisi'], participants: [] };
  await tasks.note('t_1', 'worker', {
    todo: { ...sent, subject: 'x', doneBy: ['union-zhangsan'], done: true },
    rows: { 'person#zhangsan': 'over' },
  });
  await tasks.leave('t_1', 'worker', { version: 1 });
  await tasks.writeRows('t_1', { put: [row], drop: [] });
  await createPeopleTable(dynamodb, name('tasks'), Date.now).put('person#a#mobile#0f', person('zhangsan'), 9e12);
  await createDeedTable(dynamodb, name('tasks'), Date.now, Math.random).take('zhangsan');
}

async function keepMessages(): Promise<void> {
  const messages = createMessageTable(dynamodb, name('messages'));
  const own = { deliveries: { '@default:zhangsan': delivery() }, createdAt: at };
  await messages.create(message({ ...own, id: 'm_20260601_own', content: { kind: 'text', text: '机密'.repeat(400) } }));
  await messages.record({ messageId: 'm_20260601_own', destination: '@default:zhangsan' }, { status: 'failed' });
  const both = { mention: { users: ['zhangsan', 'lisi'] }, content: { kind: 'text' as const, text: 'all of us' } };
  await messages.create(message({ ...both, id: 'm_20260601_both', createdAt: at }));
  const people = ['zhangsan', 'lisi'].map((userId) => ({ userId, outcome: 'accepted' as const }));
  const page = { call: 0, receipts: ['r'], people };
  await messages.record({ messageId: 'm_20260601_both', destination: 'ops' }, { status: 'sent', page });
}

test('what is kept of a person is handed out, and erased but for what is still at work', async () => {
  await keepTasks();
  await keepMessages();
  const tasks = createTaskTable(dynamodb, TASKS, Date.now);
  await tasks.create(task({ id: 't_open', number: 13, assignees: [{ ...person('zhangsan'), state: 'accepted' }] }));
  const news = { app: 'a', openConversationId: 'cid', at, owner: 'zhangsan', left: [], disbanded: false };
  await createConversationTable(dynamodb, name('conversations')).learn({ ...news, joined: ['zhangsan', 'lisi'] });

  const { code, json } = await dingdock('people', 'export', 'zhangsan', '--json');
  expect([code, json.unionIds]).toEqual([0, ['union-zhangsan']]);
  for (const word of ['我去医院了', '机密', 't_open', 'deeds#zhangsan', 'cid'])
    expect(JSON.stringify(json.records), word).toContain(word);

  const before = await everything();
  expect((await dingdock('people', 'erase', 'zhangsan')).code).toBe(6); // nobody agreed
  expect((await dingdock('people', 'erase', 'zhangsan', '--dry-run')).json).toMatchObject({ erased: 0 });
  expect(await everything()).toBe(before);

  const erased = await dingdock('people', 'erase', 'zhangsan', '--yes');
  expect(erased.json).toMatchObject({ left: 1, open: ['t_open'] });
  const closed = await tasks.get('t_1');
  expect(closed).toMatchObject({ status: 'done', notify: ['zhangsan'], assignees: [{}, person('lisi')] });
  expect(await createMessageTable(dynamodb, name('messages')).get('m_20260601_both')).toMatchObject({
    mention: { users: [expect.stringMatching(/^erased-/), 'lisi'] },
    deliveries: { ops: { people: [{ userId: expect.stringMatching(/^erased-/) }, { userId: 'lisi' }] } },
  });

  // the person is taken off the open task, and it is closed; then nothing is left but a destination of the same name
  await tasks.put({ ...task({ id: 't_open', number: 13 }), status: 'cancelled', assignees: [] }, 1);
  await tasks.take('t_open', 'worker', Date.now() + 60_000);
  await tasks.leave('t_open', 'worker', { version: 1 });
  expect(await dingdock('people', 'erase', 'zhangsan', '--yes')).toMatchObject({ code: 0, json: { left: 0 } });
  const after = await everything();
  for (const word of ['张三', 'union-zhangsan', '我去医院了', '机密']) expect(after, word).not.toContain(word);
  expect(after.replace('"notify":{"L":[{"S":"zhangsan"}]}', '')).not.toContain('zhangsan');
  expect(after).toContain('union-lisi');
});

test('a record that was changed after it was read stays as it is', async () => {
  const tasks = createTaskTable(dynamodb, TASKS, Date.now);
  const messages = createMessageTable(dynamodb, name('messages'));
  await tasks.create(
    task({ id: 't_late', number: 14, status: 'done', assignees: [{ ...person('wangwu'), state: 'done' }] }),
  );
  await tasks.take('t_late', 'worker', Date.now() + 60_000);
  await tasks.leave('t_late', 'worker', { version: 1 });
  const item = { messageId: 'm_20260602_late', destination: 'ops' };
  await messages.create(message({ id: item.messageId, mention: { users: ['wangwu'] }, createdAt: at }));
  await messages.record(item, { status: 'sent' });

  const places = { dynamodb, stage: 'local' };
  const who = await whoIs(places, 'wangwu', 'erased-x');
  const kept = await keptOf(places, who);
  expect(kept.map(({ fate }) => fate)).toEqual(['anonymise', 'anonymise']);
  await tasks.put(
    task({ id: 't_late', number: 14, assignees: [{ ...person('wangwu'), state: 'accepted' }], version: 2 }),
    1,
  );
  await messages.recall(item, 'sent');
  for (const one of kept) expect(await erase(places, who, one)).toBe(false);
  expect((await tasks.get('t_late'))?.assignees).toMatchObject([{ userId: 'wangwu', name: '王五' }]);
  expect((await messages.get(item.messageId))?.mention).toEqual({ users: ['wangwu'] });
});

const by = (id: string): By => ({ type: 'person', id, via: 'page' });
const question = (changes: Partial<Approval>): Approval => ({
  ...{ id: 'a_1', code: 'A-2222', createdAt: at, question: '发布？', choices: [], to: ['ops', '@default:zhaoliu'] },
  approvers: { people: ['zhaoliu', 'lisi'].map(person), quorum: 2 },
  ...{
    asker: { ...person('zhaoliu'), name: '赵六' },
    expiresAt: at,
    onExpire: 'expire',
    status: 'decided',
    version: 2,
  },
  decision: { choice: 'approve', at, by: by('zhaoliu'), comment: '我同意，去机场了' },
  answers: [{ userId: 'zhaoliu', choice: 'approve', at, comment: '我同意，去机场了' }],
  history: [{ version: 2, at, by: by('zhaoliu'), action: 'decided', choice: 'approve', comment: '我同意，去机场了' }],
  ...{ caller: 'ci', requestHash: '', timeZone: 'Asia/Shanghai', language: 'zh', sender: '某公司', reached: {} },
  ...changes,
});
const alarm = (changes: Partial<Incident>): Incident => ({
  ...{
    id: 'i_1',
    code: 'I-2222',
    version: 2,
    owner: 'ci',
    source: 'alarms',
    state: 'resolved',
    title: '磁盘',
    text: '',
  },
  ...{ labels: {}, to: ['ops'], openedAt: at, changedAt: at, fired: 1, updates: 0, lastReceived: '', language: 'zh' },
  ...{ gapMs: 1, next: [{ afterMinutes: 5, people: ['zhaoliu', 'lisi'] }], reached: {}, names: { zhaoliu: '赵六' } },
  taken: { userId: 'zhaoliu', at },
  history: [{ version: 2, at, by: by('zhaoliu'), action: 'taken' }],
  told: { fired: 1, steps: 1, people: ['zhaoliu', 'lisi'], messages: [], read: ['zhaoliu'] },
  ...changes,
});

test('answers, incidents and what somebody read of them are of the person too', async () => {
  const approvals = createApprovalTable(dynamodb, name('records'), Date.now);
  const incidents = createIncidentTable(dynamodb, name('records'), Date.now);
  const follow = async (id: string, next: Next) => {
    const records = id.startsWith('a_') ? approvals : incidents;
    await records.take(id, 'worker', Date.now() + 60_000);
    await records.leave(id, 'worker', next);
  };
  await approvals.create(question({ id: 'a_1', taskToken: 'token' }));
  await approvals.create(question({ id: 'a_2', status: 'pending' }));
  await incidents.create(alarm({ id: 'i_1' }));
  await incidents.create(alarm({ id: 'i_2', state: 'taken' }));
  for (const id of ['a_1', 'i_1']) await follow(id, { version: 2 });
  for (const id of ['a_2', 'i_2']) await follow(id, { version: 2, dueAt: Date.now() + 60_000 });
  const reads = createReadTable(dynamodb, name('records'), Date.now);
  await reads.watch('default', ['zhaoliu', 'lisi']);
  for (const userId of ['zhaoliu', 'lisi']) await reads.keep('default', userId, 'msg1');
  const trial = { app: 'default', userId: 'zhaoliu', appKey: 'k', templateId: 't', routeKey: 'r', until: Date.now() };
  await createButtonTable(dynamodb, name('records')).try('card1', trial);

  const seal = createSeal(KNOWN_KEYS.sealingKey, 'sources');
  const sources = createSourceTable(dynamodb, { table: name('records'), seal }, Date.now);
  const next = [{ afterMinutes: 5, people: ['zhaoliu'] }];
  for (const [source, incidents] of Object.entries({ alarms: { next }, others: {} }))
    await sources.put({
      name: source,
      owner: 'ci',
      keyHash: '',
      rules: { kind: 'alertmanager', to: ['ops'], incidents },
    });

  const { json } = await dingdock('people', 'export', 'zhaoliu', '--json');
  expect(json.named).toEqual({ destinations: [], sources: ['alarms'], keys: [], unreadable: [] });
  const handed = JSON.stringify(json.records);
  for (const word of ['a_1', 'a_2', 'i_1', 'i_2', '去机场了', 'reader', 'msg1', 'card1', 'union-zhaoliu'])
    expect(handed, word).toContain(word);
  expect(handed).not.toContain('token');

  const erased = await dingdock('people', 'erase', 'zhaoliu', '--yes');
  expect(erased).toMatchObject({ code: 7, json: { left: 2, open: ['a_2', 'i_2'] } });
  const someone = expect.stringMatching(/^erased-/);
  const answer = { userId: someone, choice: 'approve', at };
  expect(await approvals.get('a_1')).toMatchObject({
    ...{ answers: [answer], decision: { by: { id: someone } }, history: [{ by: { id: someone } }] },
    approvers: { people: [{ userId: someone, unionId: someone }, person('lisi')] },
    to: ['ops', expect.stringMatching(/^@default:erased-/)],
  });
  expect(await incidents.get('i_1')).toMatchObject({
    ...{ taken: { userId: someone }, names: {}, history: [{ by: { id: someone } }] },
    ...{ told: { people: [someone, 'lisi'], read: [someone] }, next: [{ people: [someone, 'lisi'] }] },
  });
  expect(await reads.readersOf('default', ['zhaoliu', 'lisi'], ['msg1'])).toEqual(['lisi']);

  await approvals.put({ ...question({ id: 'a_2' }), version: 3 }, 2);
  await incidents.put({ ...alarm({ id: 'i_2' }), version: 3 }, 2);
  for (const id of ['a_2', 'i_2']) await follow(id, { version: 3 });
  expect(await dingdock('people', 'erase', 'zhaoliu', '--yes')).toMatchObject({ code: 0, json: { left: 0 } });
  const after = await everything();
  for (const word of ['zhaoliu', '赵六', '去机场了']) expect(after, word).not.toContain(word);

  // one that other keys sealed is told, and hides no trouble of another kind
  const foreign = createSourceTable(
    dynamodb,
    { table: name('records'), seal: createSeal('other keys', 'sources') },
    Date.now,
  );
  await foreign.put({ name: 'foreign', owner: 'ci', keyHash: '', rules: { kind: 'alertmanager', to: ['ops'] } });
  const told = await dingdock('people', 'export', 'zhaoliu', '--json');
  expect(told).toMatchObject({ code: 0, json: { named: { sources: [], unreadable: ['sources'] } } });
});
