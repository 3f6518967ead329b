import { expect, test } from 'vitest';
import { limitsOf, nextSlot, punctualMsOf, targetOf, withLateCall } from '../../../lib/messages/limits/pace.ts';
import fc from '../../support/property.ts';

test('grants as many slots as the pace allows, then says when the oldest one leaves the window', () => {
  const pace = { messages: 2, perMs: 1000 };
  const first = nextSlot([], pace, 5000);
  expect(first).toEqual({ granted: true, taken: [5000] });
  expect(nextSlot([5000, 5100], pace, 5200)).toEqual({ granted: false, retryAt: 6000 });
  expect(nextSlot([5000, 5100], pace, 6000)).toEqual({ granted: true, taken: [5100, 6000] });
});

test('DingTalk never sees more than 20 in a minute, whatever the clocks, the delays and the crashes of the workers', () => {
  const pace = { messages: 20, perMs: 64_500 };
  // A second minute has to be reached with the first one full: many calls, close together, few of them lost.
  const calls = fc.array(
    fc.record({
      worker: fc.integer({ min: 0, max: 3 }),
      pass: fc.integer({ min: 0, max: 1_000 }),
      delay: fc.oneof(
        { weight: 19, arbitrary: fc.integer({ min: 0, max: 500 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 10_000 }) },
      ),
      dies: fc.oneof({ weight: 19, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
    { minLength: 30, maxLength: 200, size: 'max' },
  );
  const skews = fc.array(fc.integer({ min: -2000, max: 2000 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(calls, skews, (schedule, skew) => {
      let real = 1_000_000;
      let taken: number[] = [];
      const arrivals: number[] = [];
      for (const { worker, pass, delay, dies } of schedule) {
        real += pass;
        const clock = skew[worker] ?? 0;
        const slot = nextSlot(taken, pace, real + clock);
        if (!slot.granted) continue;
        taken = slot.taken;
        // A worker that dies before its call has used up a slot for nothing; one that is slow says so afterwards.
        if (dies) continue;
        real += delay;
        arrivals.push(real);
        const at = taken.at(-1) ?? 0;
        if (real + clock - at > punctualMsOf(pace)) taken = withLateCall(taken, at, real + clock);
      }
      return arrivals.every((time, index) => (arrivals[index + 20] ?? Number.POSITIVE_INFINITY) - time >= 60_000);
    }),
    { numRuns: 1_000 },
  );
});

test('a robot is paced a little slower than DingTalk allows, and under one key whatever its name', () => {
  const robot = { kind: 'custom-robot' as const, accessToken: 'token' };
  expect(limitsOf(robot)).toEqual([{ target: targetOf(robot), pace: { messages: 20, perMs: 64_500 } }]);
  expect(targetOf(robot)).toBe(targetOf({ ...robot, secret: 'SECother' }));
  expect(targetOf(robot)).not.toContain('token');
});

test('an app is counted by API and per second, so that two of its groups share what it may', () => {
  const group = (openConversationId: string) => limitsOf({ kind: 'robot-group', openConversationId });
  expect(group('a')[1]).toEqual(group('b')[1]);
  expect(group('a')[0]).not.toEqual(group('b')[0]);
});
