import { expect, test } from 'vitest';
import { normalize } from '../../../lib/events/normalize.ts';

const at = '2026-01-01T00:00:00.000Z';
const stored = (door: 'events' | 'robot' | 'cards', fields: object, stamp = '1767225600000') => ({
  door,
  app: 'default',
  receivedAt: at,
  stamp,
  payload: JSON.stringify(fields),
});

test('an event of the new format keeps its id, type, time and own fields', () => {
  const fields = {
    EventType: 'user_add_org',
    EventTime: 1767225600123,
    CorpId: 'ding1',
    eventId: 'e1',
    UserId: ['王五 🎉'],
  };
  expect(normalize(stored('events', fields))).toMatchObject({
    id: 'e1',
    type: 'user_add_org',
    corpId: 'ding1',
    occurredAt: '2026-01-01T00:00:00.123Z',
    data: { UserId: ['王五 🎉'] },
  });
});

test('an event without an id is known by its text: a repeat is the same, another one is not', () => {
  const old = { EventType: 'chat_quit', TimeStamp: '1767225600000', ChatId: 'c' };
  const id = normalize(stored('events', old)).id;
  expect(normalize(stored('events', old, '1767225610000')).id).toBe(id);
  expect(normalize(stored('events', { ...old, ChatId: 'd' })).id).not.toBe(id);
});

test('field names are found whatever their case, and unknown types pass', () => {
  expect(normalize(stored('events', { eventtype: 'new_thing', corpid: 'x' }))).toMatchObject({
    type: 'new_thing',
    corpId: 'x',
  });
});

test('a robot message is known by msgId, a click by its time and body', () => {
  expect(normalize(stored('robot', { msgId: 'm1', createAt: 1767225600000 }))).toMatchObject({
    id: 'm1',
    type: 'robot.message',
  });
  const click = { outTrackId: 't', userId: 'u', content: '{"cardPrivateData":{"actionIds":["done"]}}' };
  const first = normalize(stored('cards', click));
  expect(first).toMatchObject({ type: 'card.click', data: { content: { cardPrivateData: { actionIds: ['done'] } } } });
  expect(normalize(stored('cards', click)).id).toBe(first.id);
  expect(normalize(stored('cards', click, '1767225600001')).id).not.toBe(first.id);
});
