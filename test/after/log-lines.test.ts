import { beforeAll, expect, test } from 'vitest';
import { kept } from '../support/run.ts';

// What the functions logged while the end-to-end tests ran.

type Line = {
  level: string;
  message: string;
  messageId?: string;
  destination?: string;
  requestId?: string;
  receipt?: string;
};
let lines: Line[];

beforeAll(() => {
  lines = kept('functions.log')
    .split('\n')
    .filter((line) => line.startsWith('{"level"'))
    .map((line) => JSON.parse(line));
});

test('a message that goes well writes one line: sent, at each destination', () => {
  // what waits for its time tells that too
  const held = new Set(lines.filter(({ message }) => message === 'message-held').map(({ messageId }) => messageId));
  const told = lines.filter(
    ({ level, messageId }) => level === 'INFO' && messageId !== undefined && !held.has(messageId),
  );
  const sent = Map.groupBy(told, ({ messageId, destination }) => `${messageId} ${destination}`);
  expect(sent.size).toBeGreaterThan(20);
  expect([...sent.values()].filter(({ length }) => length > 1)).toEqual([]);
  expect([...new Set(told.map(({ message }) => message))]).toEqual(['message-sent']);
});

test("a request leads to its message, and the message to DingTalk's own id of it", () => {
  const asked = lines.filter(({ message, requestId }) => message === 'message-sent' && requestId);
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter(({ messageId }) => !messageId)).toEqual([]);
  expect(asked.some(({ receipt }) => receipt)).toBe(true);
});

test('an event on the bus leads back to the request that brought it', () => {
  const published = lines.filter(({ message }) => message === 'event-published');
  expect(published.length).toBeGreaterThan(10);
  expect(published.filter(({ requestId }) => requestId).length).toBeGreaterThan(10);
});

test('every metric is a line of JSON, and of this stage', () => {
  const output = kept('functions.log').split('\n');
  const metrics = output.filter((line) => line.includes('CloudWatchMetrics'));
  expect(metrics.length).toBeGreaterThan(10);
  expect(metrics.filter((line) => !line.startsWith('{'))).toEqual([]);
  expect(metrics.filter((line) => JSON.parse(line).stage !== 'local')).toEqual([]);
});
