import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitsOf, nextSlot, targetOf } from '../../../lib/messages/pace.ts';

test('grants as many slots as the pace allows, then says when the oldest one leaves the window', () => {
  const pace = { messages: 2, perMs: 1000 };
  const first = nextSlot([], pace, 5000);
  expect(first).toEqual({ granted: true, taken: [5000] });
  expect(nextSlot([5000, 5100], pace, 5200)).toEqual({ granted: false, retryAt: 6000 });
  expect(nextSlot([5000, 5100], pace, 6000)).toEqual({ granted: true, taken: [5100, 6000] });
});

test('no window ever holds more slots than the pace allows, whatever the clocks of the workers say', () => {
  const paces = fc.record({ messages: fc.integer({ min: 1, max: 25 }), perMs: fc.integer({ min: 1, max: 100_000 }) });
  const steps = fc.array(
    fc.record({ pass: fc.integer({ min: 0, max: 30_000 }), skew: fc.integer({ min: -2000, max: 2000 }) }),
    {
      maxLength: 200,
    },
  );
  fc.assert(
    fc.property(paces, steps, (pace, moves) => {
      let now = 1_000_000;
      let taken: number[] = [];
      const granted: number[] = [];
      for (const { pass, skew } of moves) {
        now += pass;
        const slot = nextSlot(taken, pace, now + skew);
        if (!slot.granted) continue;
        taken = slot.taken;
        granted.push(taken.at(-1) ?? 0);
      }
      for (const [index, slot] of granted.entries()) {
        const later = granted[index + pace.messages];
        if (later !== undefined && later - slot < pace.perMs) return false;
      }
      return true;
    }),
  );
});

test('a robot is paced a little slower than DingTalk allows, and under one key whatever its name', () => {
  const robot = { kind: 'custom-robot' as const, accessToken: 'token' };
  expect(limitsOf(robot)).toEqual([{ target: targetOf(robot), pace: { messages: 20, perMs: 61_000 } }]);
  expect(targetOf(robot)).toBe(targetOf({ ...robot, secret: 'SECother' }));
  expect(targetOf(robot)).not.toContain('token');
});

test('an app is counted by API and per second, so that two of its groups share what it may', () => {
  const group = (openConversationId: string) => limitsOf({ kind: 'robot-group', openConversationId });
  expect(group('a')[1]).toEqual(group('b')[1]);
  expect(group('a')[0]).not.toEqual(group('b')[0]);
});
