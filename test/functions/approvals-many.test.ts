import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Approval } from '../../lib/approvals/approval.ts';
import { askApproval } from '../../lib/approvals/ask-approval.ts';
import { followApproval } from '../../lib/approvals/follow.ts';
import { answerOnPage } from '../../lib/approvals/page/open-approval.ts';
import { answerInChat } from '../../lib/approvals/robot.ts';
import { queueDue } from '../../lib/records/due.ts';
import { EVERYTHING } from '../support/access.ts';
import { startTaskWorld } from '../support/task-world.ts';

let world: Awaited<ReturnType<typeof startTaskWorld>>;
beforeAll(async () => {
  world = await startTaskWorld();
});
afterAll(() => world.close());

const MANY = Number(process.env.APPROVALS ?? 12);
const MINUTE_MS = 60_000;
/** Longer than a lease: what a dead worker held is free again. */
const LEASE_OVER_MS = 2 * MINUTE_MS;
const deeds = { take: async () => ({ granted: true as const }), mayTell: async () => true };

/** The same numbers in each run (mulberry32). */
function chance(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Tap = { userId: string; choice: 'approve' | 'reject'; way: 'page' | 'robot' };
type Worker = ReturnType<typeof world.ports>;

/** Taps of approvers, some of them twice, and of somebody who was not asked, in any order. */
function tapsBy(next: (below: number) => number): Tap[] {
  const one = (userId: string): Tap => ({
    userId,
    choice: next(4) === 0 ? 'reject' : 'approve',
    way: next(2) === 0 ? 'page' : 'robot',
  });
  const taps = ['zhangsan', 'lisi', 'zhangsan', 'wangwu', 'lisi'].slice(0, 2 + next(4)).map(one);
  return taps
    .map((tap) => ({ tap, at: next(1_000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ tap }) => tap);
}

async function answer({ deps }: Worker, { id, code }: Approval, { userId, choice, way }: Tap): Promise<void> {
  if (way === 'page')
    await answerOnPage({ ...deps, deeds }, id, { fields: { p: userId, e: '1', s: 's', choice }, headers: {} });
  else await answerInChat(deps, userId, { word: choice, code, comment: '', language: 'en' });
}

const next = chance(20_261_129);
let kills = 0;
const messages: string[] = [];
const events: string[] = [];

/** Lets a process do something; it dies after so many of its calls that change something outside, if that many come. */
async function living<T>(run: (worker: Worker) => Promise<T>, dieAfter = 0): Promise<T | undefined> {
  const worker = world.ports({ dieAfter });
  const made = await run(worker).catch((error: unknown) => {
    if (!worker.life.dead) throw error;
    return undefined;
  });
  if (worker.life.dead) kills += 1;
  messages.push(...worker.outbox.map(({ messageId }) => messageId));
  events.push(...worker.bus.map(({ id }) => id));
  worker.close();
  return made;
}

const follow = (id: string) => living(({ deps }) => followApproval(deps, id), next(3) === 0 ? 1 + next(8) : 0);
const stored = (id: string) => living(({ deps }) => deps.approvals.get(id));

/** Asks, and lets everybody answer, the last ones too late. */
async function askedAndAnswered(at: number): Promise<string> {
  const body = {
    question: `Deploy ${at}?`,
    approvers: { people: ['zhangsan', 'lisi'], quorum: 1 + next(2) },
    to: ['project'],
    expiresAt: new Date(world.clock.now + 10 * MINUTE_MS).toISOString(),
    onExpire: next(4) === 0 ? ('reject' as const) : ('expire' as const),
  };
  const input = { access: EVERYTHING, idempotencyKey: `many-${at}`, waitMs: 0, body };
  const made = await living(({ deps }) => askApproval(deps, input));
  const asked = await stored(made?.approval.id ?? '');
  if (!asked) throw new Error('it was not kept');
  const taps = tapsBy(next);
  const late = next(3);
  for (const [index, tap] of taps.entries()) {
    if (index === taps.length - late) world.clock.now += 11 * MINUTE_MS;
    await living((worker) => answer(worker, asked, tap));
    if (next(2) === 0) await follow(asked.id);
  }
  world.clock.now += next(2) * LEASE_OVER_MS;
  return asked.id;
}

/** What is due is found by the look at it, whatever died. */
async function lookAtDue(): Promise<void> {
  world.clock.now += 15 * MINUTE_MS;
  const queued: string[] = [];
  const records = { put: async (id: string) => void queued.push(id) };
  await living(({ deps }) => queueDue({ due: deps.due, records, now: deps.now }));
  for (const id of queued) await living(({ deps }) => followApproval(deps, id));
}

function expectOneEnd({ id, answers, approvers, decision, expiresAt, history, status }: Approval): void {
  const ends = history.filter(({ action }) => action === 'decided' || action === 'expired');
  expect([id, status === 'pending', ends.length]).toEqual([id, false, 1]);
  expect(answers.every(({ userId }) => approvers.people.some((person) => person.userId === userId))).toBe(true);
  expect(answers.every(({ at }) => at < expiresAt)).toBe(true);
  const yes = answers.filter(({ choice }) => choice === 'approve').length;
  expect([id, decision?.choice === 'approve']).toEqual([id, yes >= approvers.quorum && decision?.choice !== 'reject']);
}

test(`${MANY} questions with shuffled, doubled, late and foreign answers are each decided once, and every view ends`, async () => {
  const ids: string[] = [];
  for (let at = 0; at < MANY; at += 1) ids.push(await askedAndAnswered(at));
  for (let round = 0; round < 3; round += 1) await lookAtDue();

  const told = Map.groupBy(events, (id) => id);
  const ended = new Map<string, number>();
  const kept = new Set<string>();
  for (const id of ids) {
    const approval = await stored(id);
    if (!approval) throw new Error('it is gone');
    expectOneEnd(approval);
    const { version, status, decision, messageId, newsId } = approval;
    ended.set(decision?.choice ?? status, (ended.get(decision?.choice ?? status) ?? 0) + 1);
    // every view shows the end, and the asker was told with one id
    expect([id, approval.reached]).toEqual([id, { message: version, lists: version, bus: version }]);
    expect([told.has(`${id}#asked`), told.has(`${id}#decided`)]).toEqual([true, true]);
    for (const told of [messageId ?? '', newsId ?? '']) {
      kept.add(told);
      // where its worker died before it queued it, reconcile does
      expect(await living(({ deps }) => deps.messages.get(told))).toMatchObject({ id: told });
    }
  }
  expect([...ended.keys()].sort()).toEqual(['approve', 'expired', 'reject']);
  // one message asks and one tells the end; an event comes twice only where a worker died before it noted it
  expect(kept.size).toBe(2 * MANY);
  expect(messages.filter((id) => !kept.has(id))).toEqual([]);
  expect(kills).toBeGreaterThan(MANY / 10);
  expect(events.length - told.size).toBeLessThanOrEqual(kills);
  const pending = await living(({ deps }) => deps.approvals.list('pending', { limit: 100 }));
  expect(pending?.approvals).toEqual([]);
});
