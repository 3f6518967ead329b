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

test('a message that goes well writes two lines at most: accepted, and sent once at each destination', () => {
  // what waits for its time tells that too
  const held = new Set(lines.filter(({ message }) => message === 'message-held').map(({ messageId }) => messageId));
  const told = lines.filter(
    ({ level, messageId }) => level === 'INFO' && messageId !== undefined && !held.has(messageId),
  );
  const sent = Map.groupBy(
    told.filter(({ message }) => message !== 'message-accepted'),
    ({ messageId, destination }) => `${messageId} ${destination}`,
  );
  expect(sent.size).toBeGreaterThan(20);
  expect([...sent.values()].filter(({ length }) => length > 1)).toEqual([]);
  // Whoever repeats a request with its Idempotency-Key has it accepted again.
  expect([...new Set(told.map(({ message }) => message))].sort()).toEqual(['message-accepted', 'message-sent']);
});

test("a request leads to its message, and the message to DingTalk's own id of it", () => {
  const accepted = lines.filter(({ message }) => message === 'message-accepted');
  expect(accepted.length).toBeGreaterThan(10);
  expect(accepted.filter(({ messageId, requestId }) => !messageId || !requestId)).toEqual([]);
  const ids = new Set(accepted.map(({ messageId }) => messageId));
  const receipts = lines.filter(
    ({ message, messageId, receipt }) => message === 'message-sent' && receipt && ids.has(messageId),
  );
  expect(receipts.length).toBeGreaterThan(0);
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
