import { expect, test } from 'vitest';
import { DingTalkUnreachable } from '../../../lib/base/dingtalk-errors.ts';
import type { Noted, Viewed } from '../../../lib/records/record.ts';
import { bringInStep } from '../../../lib/records/views.ts';

const MINUTE_MS = 60_000;

test.each([1, 10, 60, 600])(
  'after an outage of %d minutes a view is late by a tenth of it at most',
  async (minutes) => {
    let now = 0;
    const holder = {
      now: () => now,
      note: async <R extends Viewed>(record: R, noted: Noted<object>): Promise<R> => ({ ...record, ...noted }),
      noteLater: <R extends Viewed>(record: R, noted: Noted<object>): R => ({ ...record, ...noted }),
    };
    const overAt = minutes * MINUTE_MS;
    const show = async () => {
      if (now < overAt) throw new DingTalkUnreachable('todos.create', { code: 'timeout', arrived: 'no' });
      return {};
    };
    let record: Viewed = { id: 'r', version: 1, reached: {} };
    let tries = 0;
    for (let isDone = false; !isDone; tries += 1) {
      const outcome = await bringInStep(holder, { record }, [{ name: 'todo', show }]);
      record = outcome.record;
      isDone = outcome.behind === undefined;
      now += outcome.behind?.retryInMs ?? 0;
    }
    expect(now - overAt).toBeLessThanOrEqual(Math.max(5_000, overAt / 10));
    expect(tries).toBeLessThan(100);
  },
);
