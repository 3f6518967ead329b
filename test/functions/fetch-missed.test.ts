import { expect, test } from 'vitest';
import type { StoredCallback } from '../../lib/events/event.ts';
import { fetchMissed } from '../../lib/events/fetch-missed.ts';

const MINUTE_MS = 60_000;
const entry = (tag: string) => ({ call_back_tag: tag, event_time: 1767225600123, [tag]: { corpid: 'ding1' } });

/** DingTalk with these pages, and a queue; what happens is written down in its order. */
function world(
  pages: { entries: Record<string, unknown>[]; hasMore: boolean }[],
  { failedListMinutes = 5, refusedAt = 0, fails = false } = {},
) {
  const steps: string[] = [];
  const kept: StoredCallback[] = [];
  const metrics: unknown[] = [];
  const failedList = {
    next: async () => {
      steps.push('ask');
      if (fails) throw new Error('DingTalk is down');
      return pages.shift() ?? { entries: [], hasMore: false };
    },
  };
  const queue = {
    check: async () => void steps.push('check'),
    putAll: async (callbacks: readonly StoredCallback[]) => {
      steps.push(`keep ${callbacks.length}`);
      kept.push(...callbacks);
    },
  };
  const asked = new Map<string, number>();
  const times = {
    refusedAt: async () => refusedAt,
    askedAt: async (app: string) => asked.get(app),
    noteAsked: async (app: string, at: number) => void asked.set(app, at),
  };
  const deps = {
    times,
    apps: [{ name: 'default', failedListMinutes, failedList }],
    queue,
    metric: (...told: unknown[]) => void metrics.push(told),
  };
  return { steps, kept, metrics, run: (at: number) => fetchMissed({ ...deps, now: () => at * MINUTE_MS }) };
}

test('each page is kept before the next is asked for, and none while it could not be kept', async () => {
  const { steps, kept, metrics, run } = world([
    { entries: [entry('user_add_org'), entry('org_change')], hasMore: true },
    { entries: [entry('check_in')], hasMore: false },
  ]);
  await run(0);
  expect(steps).toEqual(['check', 'ask', 'keep 2', 'check', 'ask', 'keep 1']);
  expect(kept.map(({ door, payload }) => [door, JSON.parse(payload).call_back_tag])).toEqual([
    ['failed-list', 'user_add_org'],
    ['failed-list', 'org_change'],
    ['failed-list', 'check_in'],
  ]);
  expect(metrics).toEqual([['MissedCallbacks', 3, { app: 'default' }]]);
});

test('a list that claims to have more and brings nothing ends the run', async () => {
  const { steps, run } = world([{ entries: [], hasMore: true }]);
  await run(0);
  expect(steps.filter((step) => step === 'ask')).toHaveLength(1);
});

const DAY_MINUTES = 24 * 60;

test.each([
  { minutes: 5, refused: 'now', asked: 24 },
  { minutes: 30, refused: 'now', asked: 4 },
  { minutes: 60, refused: 'now', asked: 2 },
  { minutes: 5, refused: 'two days ago', asked: 1 },
])(
  'with failedListMinutes $minutes and a refusal $refused, two hours are $asked calls',
  async ({ minutes, refused, asked }) => {
    const start = 2 * DAY_MINUTES;
    const refusedAt = refused === 'now' ? start * MINUTE_MS : 0;
    const { steps, run } = world([], { failedListMinutes: minutes, refusedAt });
    for (let at = start; at < start + 120; at += 1) await run(at);
    expect(steps.filter((step) => step === 'ask')).toHaveLength(asked);
  },
);

test('a day after the last refusal the list is asked for once a day', async () => {
  const { steps, run } = world([], { failedListMinutes: 60 });
  for (let at = 0; at < 30 * DAY_MINUTES; at += 10) await run(at);
  expect(steps.filter((step) => step === 'ask')).toHaveLength(24 + 29);
});

test('while DingTalk does not answer, it is asked every quarter of an hour', async () => {
  const { steps, run } = world([], { failedListMinutes: 60, fails: true });
  for (let at = 0; at < 60; at += 1) await run(at).catch(() => undefined);
  expect(steps.filter((step) => step === 'ask')).toHaveLength(4);
});
