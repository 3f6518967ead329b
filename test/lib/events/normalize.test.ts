import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../../lib/events/catalogue.ts';
import type { StoredCallback } from '../../../lib/events/event.ts';
import { normalize } from '../../../lib/events/normalize.ts';
import { oldData, SAMPLES } from './samples.ts';

const receivedAt = '2026-01-01T00:00:00.000Z';
const AT = 1767225600123;
const stored = (door: StoredCallback['door'], fields: object, stamp = '1767225600000') =>
  normalize({ door, app: 'default', receivedAt, stamp, payload: JSON.stringify(fields) });
const event = (...args: Parameters<typeof stored>) => stored(...args).event;

test.each(['robot', 'events'] as const)('numbers that are too long for a number come through %s as text', (door) => {
  const numbers = '"taskId":9007199254740993,"deep":{"ids":[-12345678901234567890]},"n":1.5,"whole":9007199254740991';
  const payload = `{"bizId":12345678901234567890,${numbers},"text":"as it is: 12345678901234567890"}`;
  const { data } = normalize({ door, app: 'default', receivedAt, stamp: '1767225600000', payload }).event;
  expect(data).toMatchObject({
    ...(door === 'robot' && { bizId: '12345678901234567890' }),
    taskId: '9007199254740993',
    deep: { ids: ['-12345678901234567890'] },
    n: 1.5,
    whole: 9_007_199_254_740_991,
    text: 'as it is: 12345678901234567890',
  });
});

describe('the catalogue', () => {
  test('every row has a sample, and every sample a row', () => {
    expect(SAMPLES.map(({ type }) => type).sort()).toEqual(Object.keys(CATALOGUE).sort());
  });

  test.each(SAMPLES)('$type of the new form', ({ type, own, data = own }) => {
    const fields = { EventType: type, EventTime: AT, CorpId: 'ding1', BizId: 'b1', eventId: 'e1', ...own };
    const raw = JSON.stringify(fields);
    expect(event('events', fields)).toEqual({
      id: 'e1',
      type,
      app: 'default',
      corpId: 'ding1',
      occurredAt: '2026-01-01T00:00:00.123Z',
      data,
      raw,
    });
  });

  test.each(SAMPLES.filter(({ old }) => old))('$type of the old form is the same event', (sample) => {
    const fields = { EventType: sample.type, TimeStamp: String(AT), CorpId: 'ding1', ...sample.old };
    const { id, ...heard } = event('events', fields);
    expect(heard).toMatchObject({ type: sample.type, corpId: 'ding1', occurredAt: '2026-01-01T00:00:00.123Z' });
    expect(heard.data).toEqual(oldData(sample));
    expect(event('events', { ...fields, TimeStamp: AT }, '1767225640000').id).toBe(id);
  });

  test.each(SAMPLES)('$type in the failed list has the natural id of the push', ({ type, own }) => {
    const push = stored('events', { EventType: type, EventTime: AT, CorpId: 'ding1', eventId: 'e1', ...own });
    const name = type.startsWith('bpms_')
      ? 'bpmsCallBackData'
      : type.startsWith('label_')
        ? 'roleLabelChange'
        : 'callbackData';
    const inner = 'userId' in own && type.startsWith('user_') ? { userid: own.userId } : { [name]: own };
    const entry = { call_back_tag: type, event_time: AT, [type]: { corpid: 'ding1', ...inner } };
    const missed = stored('failed-list', entry);
    expect(missed.naturalId).toBe(push.naturalId);
    expect(missed.event).toMatchObject({ id: push.naturalId, type, corpId: 'ding1', raw: JSON.stringify(entry) });
    expect(push.naturalId).not.toBe(push.event.id);
  });
});

test('an event without an id is known by type, time and its key: a repeat is the same, another one is not', () => {
  const old = { EventType: 'chat_quit', TimeStamp: '1767225600000', ChatId: 'c', Operator: 'lisi' };
  const id = event('events', old).id;
  expect(event('events', { ...old, TimeStamp: 1767225600000 }, '1767225610000').id).toBe(id);
  const others = [
    { ChatId: 'd' },
    { Operator: 'wangwu' },
    { TimeStamp: '1767225600001' },
    { EventType: 'chat_disband' },
  ];
  expect(new Set([id, ...others.map((other) => event('events', { ...old, ...other }).id)]).size).toBe(5);
});

test('two approval steps of one moment are two events, each known in both forms', () => {
  const step = { EventType: 'bpms_task_change', processInstanceId: 'p', type: 'finish', finishTime: AT };
  const [a, b] = [1, 2].map((taskId) => stored('events', { ...step, taskId }).naturalId);
  expect(a).not.toBe(b);
  expect(stored('events', { ...step, taskId: '1', EventTime: AT + 500 }).naturalId).toBe(a);
});

test('an event with neither id nor time is known by its text', () => {
  const fields = { EventType: 'org_change', CorpId: 'ding1' };
  expect(event('events', fields).id).toBe(event('events', fields).id);
  expect(event('events', { ...fields, note: 1 }).id).not.toBe(event('events', fields).id);
  expect(event('events', fields).occurredAt).toBe(receivedAt);
});

test('field names are found whatever their case, and unknown types pass with their fields as they are', () => {
  const fields = { eventtype: 'new_thing', corpid: 'x', SomeThing: ['🎉'], nested: { Ä: 1 } };
  expect(event('events', fields)).toMatchObject({
    type: 'new_thing',
    corpId: 'x',
    data: { SomeThing: ['🎉'], nested: { Ä: 1 } },
  });
  expect(event('events', { no: 'type' })).toMatchObject({ type: 'unknown', data: { no: 'type' } });
});

test('a field of an unexpected shape stays as it came', () => {
  const fields = { EventType: 'org_dept_create', deptId: ['not a number'], EventTime: 'yesterday' };
  expect(event('events', fields)).toMatchObject({ data: { deptId: ['not a number'] }, occurredAt: receivedAt });
});

test('a robot message is known by msgId, and its text stands in one place', () => {
  expect(event('robot', { msgId: 'm1', createAt: '1767225600000', content: ' hi' })).toMatchObject({
    id: 'm1',
    type: 'robot.message',
    occurredAt: receivedAt,
    data: { text: { content: ' hi' } },
  });
});

test.each([
  { errorCode: '20001', errorMessage: '额度' },
  { errCode: 20001, errMsg: '额度' },
])('the answer of an exhausted quota is an event of its own: %o', (answer) => {
  expect(event('robot', { msgId: 'm2', ...answer })).toMatchObject({ id: 'm2', type: 'robot.quota' });
});

test('a click is known by time, card, person and action, and its action is found where the variants have it', () => {
  const click = { type: 'actionCallback', outTrackId: 't', userId: 'u' };
  const action = { cardPrivateData: { actionIds: ['done'], params: { a: '一' } } };
  const data = { outTrackId: 't', userId: 'u', actionIds: ['done'], params: { a: '一' } };
  const first = event('cards', { ...click, content: JSON.stringify(action) });
  expect(first).toMatchObject({ type: 'card.click', occurredAt: receivedAt, data });
  const variants = [
    { ...click, value: JSON.stringify(action) },
    { ...click, content: action },
    { ...click, content: JSON.stringify({ cardPrivateData: { actionIds: ['done'] }, params: { a: '一' } }) },
  ];
  for (const variant of variants) expect(event('cards', variant)).toMatchObject({ id: first.id, data });
  expect(event('cards', { ...click, content: action, userId: 'v' }).id).not.toBe(first.id);
  expect(event('cards', { ...click, content: action }, '1767225600001').id).not.toBe(first.id);
});

test.each(['constructor', '__proto__', 'toString'])('an event of type %s is an unknown type like others', (type) => {
  expect(event('events', { EventType: type, eventId: 'e', a: 1 })).toMatchObject({ id: 'e', type, data: { a: 1 } });
});
