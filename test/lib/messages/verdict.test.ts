import { expect, test } from 'vitest';
import { DingTalkRefusal, DingTalkUnreachable, type ErrorClass } from '../../../lib/base/dingtalk-errors.ts';
import { ServiceError } from '../../../lib/base/errors.ts';
import { GIVE_UP_AFTER_MS, verdictOn } from '../../../lib/messages/deliver/verdict.ts';
import type { Attempt } from '../../../lib/messages/message.ts';

const CREATED = Date.parse('2026-01-01T00:00:00Z');

function circumstances(over: Partial<Parameters<typeof verdictOn>[1]> = {}) {
  const message = { delivery: 'at-least-once' as const, createdAt: new Date(CREATED).toISOString() };
  return {
    message,
    delivery: { attempts: [] },
    repeatShowsOnce: false,
    now: CREATED + 1000,
    random: () => 0.5,
    ...over,
  };
}

const refusal = (errorClass: ErrorClass, waitMs?: number) =>
  new DingTalkRefusal('robot.send', { code: 'x', class: errorClass, status: 200, description: 'no', waitMs });
const atMostOnce = { delivery: 'at-most-once' as const, createdAt: new Date(CREATED).toISOString() };

test('a throttled message waits as long as DingTalk asks, and so does everything else for that target', () => {
  const verdict = verdictOn(refusal('rate', 300_000), circumstances());
  expect(verdict).toMatchObject({ status: 'queued', blockMs: 300_000 });
  expect(verdict.retryInMs).toBeGreaterThanOrEqual(300_000);
});

test.each(['credentials', 'permission', 'ip', 'argument', 'gone', 'moderation'] as const)(
  'a refusal of class %s is final',
  (errorClass) => {
    expect(verdictOn(refusal(errorClass), circumstances())).toMatchObject({
      status: 'failed',
      attempt: { class: errorClass },
    });
  },
);

test('a message without an answer is repeated where that shows once', () => {
  const lost = new DingTalkUnreachable('webhook.send', { code: 'timeout', arrived: 'maybe' });
  const verdict = verdictOn(lost, circumstances({ repeatShowsOnce: true }));
  expect(verdict.status).toBe('queued');
  expect(verdict.possibleDuplicate).toBeUndefined();
});

test('elsewhere it is repeated with a flag, or left unknown when the caller wants it at most once', () => {
  const lost = new DingTalkUnreachable('robot.send', { code: 'timeout', arrived: 'maybe' });
  expect(verdictOn(lost, circumstances())).toMatchObject({ status: 'queued', possibleDuplicate: true });
  expect(verdictOn(lost, circumstances({ message: atMostOnce })).status).toBe('unknown');
  expect(verdictOn(refusal('unknown'), circumstances({ message: atMostOnce })).status).toBe('unknown');
});

test('a message that certainly did not arrive is simply tried again', () => {
  const refused = new DingTalkUnreachable('robot.send', { code: 'connect_failed', arrived: 'no' });
  const verdict = verdictOn(refused, circumstances({ message: atMostOnce }));
  expect(verdict).toMatchObject({ status: 'queued' });
  expect(verdict.possibleDuplicate).toBeUndefined();
});

test('after a day of tries it has failed', () => {
  const later = circumstances({ now: CREATED + GIVE_UP_AFTER_MS });
  expect(verdictOn(refusal('rate'), later)).toMatchObject({ status: 'failed' });
});

test('while our clock is wrong a message waits in its queue, which has a clock of its own, and no time that we tell ends it', () => {
  const description = 'sign not match, timestamp';
  const wrong = new DingTalkRefusal('robot.send', {
    code: '310000.timestamp',
    class: 'transient',
    status: 200,
    description,
  });
  const attempts = Array.from({ length: 6 }, () => ({
    at: '',
    outcome: 'refused' as const,
    class: 'transient' as const,
  }));
  const verdict = verdictOn(wrong, circumstances({ delivery: { attempts }, now: CREATED + GIVE_UP_AFTER_MS }));
  expect(verdict).toMatchObject({ status: 'queued', retryInMs: expect.any(Number) });
  expect(verdict.parked).toBeUndefined();
});

test('a bug is thrown on, so that the queue sees it', () => {
  expect(() => verdictOn(new TypeError('bug'), circumstances())).toThrow(TypeError);
});

test('a failure of our own parts is retried when it may pass, and says its remedy when not', () => {
  const passing = new ServiceError('token.get', { code: 'token_unavailable', retryable: true });
  expect(verdictOn(passing, circumstances()).status).toBe('queued');
  const lasting = new ServiceError('apps.find', { code: 'unknown_app', retryable: false, remedy: 'name it' });
  expect(verdictOn(lasting, circumstances())).toMatchObject({ status: 'failed', attempt: { remedy: 'name it' } });
});

test.each([10, 60])(
  'after an outage of %d minutes a message is tried within a tenth of it, a minute at least',
  (minutes) => {
    const attempts: Attempt[] = [];
    let now = CREATED;
    for (const overAt = CREATED + minutes * 60_000; now < overAt; ) {
      const { attempt, retryInMs = 0 } = verdictOn(
        refusal('transient'),
        circumstances({ now, delivery: { attempts }, random: () => 1 }),
      );
      attempts.push(attempt);
      now += retryInMs;
    }
    const lateMs = now - CREATED - minutes * 60_000;
    expect(lateMs).toBeLessThanOrEqual(Math.max(60_000, minutes * 6_000) + 10_500);
  },
);
