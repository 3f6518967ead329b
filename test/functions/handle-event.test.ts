import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { PATIENT, PATIENT_MS, startCallbackBed } from '../support/callback-bed.ts';
import { sqsEvent } from '../support/events.ts';

let bed: Awaited<ReturnType<typeof startCallbackBed>>;
let handle: typeof import('../../functions/handle-event/handler.ts')['handler'];
beforeAll(async () => {
  bed = await startCallbackBed();
  const door = await import('../../functions/receive-callback/handler.ts');
  handle = (await import('../../functions/handle-event/handler.ts')).handler;
  await bed.openDoor(door.doorsWithin(PATIENT_MS, PATIENT));
});
afterAll(() => bed.stop());

const receivedAt = '2026-01-01T00:00:00.000Z';
const record = (door: string, fields: object) =>
  JSON.stringify({ door, app: 'default', receivedAt, stamp: '', payload: JSON.stringify(fields) });
const onBus = (id: string) => bed.bus.filter(({ detail }) => (detail as { id: string }).id === id);
const said = async (text: string) =>
  (await bed.sim('GET', '/messages')).filter((message: { text: string }) => message.text === text);

test('of twenty copies of an event that are worked on at once, one is published', async () => {
  const body = record('events', { EventType: 'org_change', EventTime: 1767225600123, eventId: 'twenty' });
  await Promise.all(Array.from({ length: 20 }, (_, index) => handle(sqsEvent([{ id: String(index), body }]))));
  expect(onBus('twenty')).toHaveLength(1);
});

test('a session that ended earlier than it said is no obstacle to an answer', async () => {
  await bed.sim('POST', '/say', { from: 'zhangsan', text: 'help' });
  await bed.sim('POST', '/clock', { advanceMs: 7_200_000 });
  const events = await import('../../functions/handle-event/handler.ts');
  bed.startQueues({ 'handle-event': events.handler });
  const help = (await import('../../lib/tasks/words/words.ts')).WORDS.en.robot.help;
  await expect.poll(() => said(help)).toMatchObject([{ via: 'app-robot', conversation: 'zhangsan' }]);
});

test('an address that is not DingTalk’s is not called, since a robot message’s body is not signed', async () => {
  const message = {
    msgId: 'evil',
    text: { content: '帮助' },
    senderStaffId: 'lisi',
    conversationType: '1',
    conversationId: 'x',
    sessionWebhook: 'http://127.0.0.1:9/robot/sendBySession?session=1',
    sessionWebhookExpiredTime: Date.now() + 3_600_000,
  };
  await handle(sqsEvent([{ id: 'evil', body: record('robot', message) }]));
  const help = (await import('../../lib/tasks/words/words.ts')).WORDS.zh.robot.help;
  expect(await said(help)).toMatchObject([{ via: 'app-robot', conversation: 'lisi' }]);
});

test('the answer of an exhausted quota is on the bus as such, in the log and a metric', async () => {
  const lines = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const fields = { msgId: 'quota-1', errorCode: '20001', errorMessage: '额度已用完', conversationType: '1' };
  await handle(sqsEvent([{ id: 'q', body: record('robot', fields) }]));
  const written = [...lines.mock.calls, ...errors.mock.calls].map(([line]) => String(line));
  lines.mockRestore();
  errors.mockRestore();
  expect(onBus('quota-1')).toMatchObject([{ type: 'robot.quota' }]);
  expect(written.filter((line) => line.includes('"PushQuotaExhausted":1'))).toHaveLength(1);
});

test('an event whose publishing failed is free for the next attempt at once', async () => {
  const body = record('events', { EventType: 'org_change', EventTime: 1767225600999, eventId: 'second-try' });
  const down = vi.spyOn(bed.bus, 'push').mockImplementation(() => {
    throw new Error('the bus is down');
  });
  const first = await handle(sqsEvent([{ id: 'a', body }]));
  down.mockRestore();
  const second = await handle(sqsEvent([{ id: 'a', body }]));
  expect([first, second].map(({ batchItemFailures }) => batchItemFailures.length)).toEqual([1, 0]);
  expect(onBus('second-try')).toHaveLength(1);
});

test('ids, titles and names without end are published, and break no table', async () => {
  const long = '长'.repeat(3_000);
  const group = { openConversationId: `cid${long}`, title: long, owner: long, userId: [long, 'lisi'], operator: long };
  const events = [
    record('events', { EventType: 'org_change', EventTime: 1, eventId: long }),
    record('events', { EventType: 'chat_update_title', eventId: 'long-1', ...group }),
    record('events', { EventType: 'chat_update_title', eventId: 'long-2', ...group, openConversationId: 'cidLong=' }),
    record('events', { EventType: 'chat_add_member', eventId: 'long-3', ...group, openConversationId: 'cidLong=' }),
    record('robot', {
      msgId: long,
      text: { content: long },
      conversationId: long,
      conversationType: '2',
      senderStaffId: long,
    }),
    record('cards', { outTrackId: long, userId: long, content: '{}' }),
  ];
  const records = events.map((body, index) => ({ id: String(index), body }));
  expect(await handle(sqsEvent(records))).toEqual({ batchItemFailures: [] });
  expect(onBus(long).length).toBeGreaterThan(0);
});

test('a tap on a card that DingTalk does not know is published and told, and not tried for ever', async () => {
  const content = JSON.stringify({ cardPrivateData: { actionIds: ['done'], params: {} } });
  const tap = { outTrackId: 'dingdock-unknown', userId: 'lisi', content };
  const { batchItemFailures } = await handle(sqsEvent([{ id: 'tap', body: record('cards', tap) }]));
  expect(batchItemFailures).toEqual([]);
  const heard = bed.bus.filter(({ detail }) => JSON.stringify(detail).includes('dingdock-unknown'));
  expect(heard).toHaveLength(1);
});

test('while the bus is down a file is fetched and asked for once, an answer is given, and the events come later, once', async () => {
  bed.busNetwork.set('dead');
  const files = await import('../../functions/fetch-file/handler.ts');
  bed.startQueues({ 'fetch-file': files.handler });
  const calls = async (path: string) => (await bed.sim('GET', `/calls?path=${path}`)).length;
  const told = () => bed.bus.filter(({ detail }) => JSON.stringify(detail).includes('outage.txt'));
  const file = { name: 'outage.txt', base64: Buffer.from('in an outage').toString('base64') };
  await bed.sim('POST', '/say', { from: 'zhangsan', file });
  await expect.poll(() => calls('/v1.0/robot/messageFiles/download')).toBe(1);
  await bed.sim('POST', '/say', { from: 'wangwu', text: '帮助' });
  const help = (await import('../../lib/tasks/words/words.ts')).WORDS.zh.robot.help;
  await expect
    .poll(async () => (await said(help)).map((one: { conversation: string }) => one.conversation))
    .toContain('wangwu');
  expect(told()).toEqual([]);
  bed.busNetwork.set('up');
  await expect
    .poll(() =>
      told()
        .map(({ type }) => type)
        .sort(),
    )
    .toEqual(['file.received', 'robot.message']);
  expect(await calls('/v1.0/robot/messageFiles/download')).toBe(1);
});
