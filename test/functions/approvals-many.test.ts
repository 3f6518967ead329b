import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Approval } from '../../lib/approvals/approval.ts';
import { askApproval } from '../../lib/approvals/ask-approval.ts';
import { followApproval } from '../../lib/approvals/follow.ts';
import { answerOnPage } from '../../lib/approvals/page/open-approval.ts';
import { answerInChat } from '../../lib/approvals/robot.ts';
import { createLimitTable } from '../../lib/aws/tables/limit-table.ts';
import { createLaneTable } from '../../lib/aws/tables/messages/lane-table.ts';
import { createMeterTable } from '../../lib/aws/tables/meter-table.ts';
import { sha256 } from '../../lib/base/hash.ts';
import { tapApproval } from '../../lib/events/reactions/tap-approval.ts';
import type { Content } from '../../lib/messages/content.ts';
import { deliverMessage } from '../../lib/messages/deliver/deliver-message.ts';
import { createLaneNotes } from '../../lib/messages/deliver/lanes.ts';
import { createSender } from '../../lib/messages/deliver/send.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import { createMeter } from '../../lib/messages/limits/meter.ts';
import { createSlotCache } from '../../lib/messages/limits/slot-cache.ts';
import type { OutboxItem } from '../../lib/messages/message.ts';
import { formWithButtons } from '../../lib/messages/render/card.ts';
import { queueDue } from '../../lib/records/due.ts';
import type { Loose } from '../simulator/desk.ts';
import { EVERYTHING } from '../support/access.ts';
import { APP_PEOPLE } from '../support/app-people.ts';
import { memoryLog } from '../support/memory-log.ts';
import { startTaskWorld } from '../support/task-world.ts';

let world: Awaited<ReturnType<typeof startTaskWorld>>;
beforeAll(async () => {
  world = await startTaskWorld();
  await world.sim('POST', '/settings', { monthlyQuota: 1_000_000 });
});
afterAll(() => world.close());

/** A thousand take minutes, on a busy machine many. */
const LONG = { timeout: 3_600_000 };
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

type Tap = { userId: string; choice: 'approve' | 'reject'; way: (typeof WAYS)[number] };
const WAYS = ['page', 'robot', 'card', 'card'] as const;
type Worker = ReturnType<typeof world.ports>;

/** Taps of approvers, some of them twice, and of somebody who was not asked, in any order. */
function tapsBy(next: (below: number) => number): Tap[] {
  const one = (userId: string): Tap => ({
    userId,
    choice: next(4) === 0 ? 'reject' : 'approve',
    way: WAYS[next(WAYS.length)] ?? 'page',
  });
  const taps = ['zhangsan', 'lisi', 'zhangsan', 'wangwu', 'lisi'].slice(0, 2 + next(4)).map(one);
  return taps
    .map((tap) => ({ tap, at: next(1_000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ tap }) => tap);
}

async function answer({ deps }: Worker, { id, code, cardId }: Approval, { userId, choice, way }: Tap): Promise<void> {
  if (way === 'page')
    await answerOnPage({ ...deps, deeds }, id, { fields: { p: userId, e: '1', s: 's', choice }, headers: {} });
  else if (way === 'robot' || cardId === undefined)
    await answerInChat(deps, userId, { word: choice, code, comment: '', language: 'en' });
  else {
    const appNamed = () => deps.approvalApp();
    const react = tapApproval({ ...deps, deeds, appNamed, corpIdOf: () => 'dingsimcorp' });
    const data = { outTrackId: cardOf(cardId), userId, actionIds: [`${id}.${choice}`] };
    const occurredAt = new Date(world.clock.now).toISOString();
    await react({ id: 'tap', type: 'card.click', app: 'default', occurredAt, data, raw: '' })?.run();
  }
}

/** The card that a message made in the group. */
const cardOf = (messageId: string) => `${messageId}-${sha256('project').slice(0, 8)}-0`;
const CARD = formWithButtons();

/** What a worker of messages has, on the tables and the DingTalk of its process. */
function deliverer({ deps, client }: Worker) {
  const { now } = deps;
  return {
    ...APP_PEOPLE,
    ...deps,
    lanes: createLaneNotes(createLaneTable(client, 'messages'), now),
    topics: { publish: async () => undefined },
    deadLetters: { put: async () => expect.fail('nothing is given up') },
    limiter: createSlotCache(
      createLimitTable(client, 'limits', now, () => 0),
      now,
    ),
    meter: createMeter(createMeterTable(client, 'limits', now), now),
    policy: { quotas: { api: 1_000_000, webhook: 1_000_000 }, reserve: 0 },
    withMedia: async (_: Destination, content: Content) => content,
    send: createSender({ ...deps, appNamed: () => deps.approvalApp(), webhook: { send: NONE }, sessionOf: NONE }),
    counts: { count: () => undefined },
    ahead: 0,
    random: () => 0.5,
    log: memoryLog().log,
  };
}
const NONE = () => expect.fail('nothing goes there');

/** Takes a message out of the queue until it is sent; after a death it is there again. */
async function deliver(item: OutboxItem): Promise<void> {
  for (;;) {
    const dieAfter = next(8) === 0 ? 1 + next(5) : 0;
    const later = await living(async (worker) => (await deliverMessage(deliverer(worker), item)) ?? 'done', dieAfter);
    if (later === 'done') break;
    world.clock.now += later?.retryInMs ?? 0;
  }
  const state = await living(({ deps }) => deps.messages.get(item.messageId));
  // what waits for its card is looked at again
  const dueAt = state?.deliveries[item.destination]?.dueAt;
  if (typeof dueAt !== 'number' || dueAt === undefined) return;
  world.clock.now = Math.max(world.clock.now, dueAt);
  await deliver(item);
}

const next = chance(20_261_129);
let kills = 0;
const messages: string[] = [];
/** What waits to be sent. */
const post: OutboxItem[] = [];
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
  post.push(...worker.outbox);
  events.push(...worker.bus.map(({ id }) => id));
  worker.close();
  return made;
}

const follow = (id: string) => living(({ deps }) => followApproval(deps, id), next(3) === 0 ? 1 + next(8) : 0);
const stored = (id: string) => living(({ deps }) => deps.approvals.get(id));

async function deliverPost(): Promise<void> {
  for (const item of post.splice(0)) await deliver(item);
}

/** Asks, and lets everybody answer, the last ones too late. */
async function askedAndAnswered(at: number): Promise<string> {
  if (at % 2 === 0) world.buttons.form = CARD;
  else delete world.buttons.form;
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
  if (next(5) > 0) await deliverPost();
  const taps = tapsBy(next);
  const late = next(3);
  for (const [index, tap] of taps.entries()) {
    if (index === taps.length - late) world.clock.now += 11 * MINUTE_MS;
    await living((worker) => answer(worker, asked, tap));
    if (next(2) === 0) await follow(asked.id);
    if (next(3) === 0) await deliverPost();
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

/** Every card shows the end and takes no more taps; it was made by one call and changed by one, beside those of the dead. */
async function expectEndedCards(cards: Map<string, Approval>): Promise<void> {
  const shown: Loose[] = await world.sim('GET', `/messages?conversation=${encodeURIComponent('cidProject=')}`);
  const ends: Record<string, string> = { approve: '同意', reject: '拒绝', expired: '已过期' };
  for (const [outTrackId, { decision, status, code, cardId = '' }] of cards) {
    const all = shown.filter((message) => message.outTrackId === outTrackId);
    const sent = await living(({ deps }) => deps.messages.get(cardId));
    // what was over before it could be sent is shown nowhere
    const buttons = sent?.deliveries.project?.status === 'sent' ? [[]] : [];
    expect([code, all.map(({ card }) => card.buttons)]).toEqual([code, buttons]);
    for (const { text } of all) expect(text).toContain(ends[decision?.choice ?? status]);
  }
  const took = async (path: string): Promise<string[]> => {
    const calls: Loose[] = await world.sim('GET', `/calls?path=${encodeURIComponent(path)}`);
    return calls.filter(({ code }) => code === 'ok').map(({ body }) => body.outTrackId);
  };
  const made = await took('/v1.0/card/instances/createAndDeliver');
  expect(made.length).toBeGreaterThan(MANY / 4);
  const changed = await took('/v1.0/card/instances');
  expect([new Set(made).size, new Set(changed)]).toEqual([made.length, new Set(made)]);
  expect(changed.length - made.length).toBeLessThanOrEqual(kills);
}

test(
  `${MANY} questions with shuffled, doubled, late and foreign answers are each decided once, and every view ends`,
  LONG,
  async () => {
    const ids: string[] = [];
    for (let at = 0; at < MANY; at += 1) ids.push(await askedAndAnswered(at));
    for (let round = 0; round < 3; round += 1) await lookAtDue();

    const told = Map.groupBy(events, (id) => id);
    const ended = new Map<string, number>();
    const kept = new Set<string>();
    const cards = new Map<string, Approval>();
    for (const id of ids) {
      const approval = await stored(id);
      if (!approval) throw new Error('it is gone');
      expectOneEnd(approval);
      const { version, status, decision, cardId, messageId = cardId, cardEndId, newsId = cardEndId } = approval;
      if (cardId !== undefined) cards.set(cardOf(cardId), approval);
      ended.set(decision?.choice ?? status, (ended.get(decision?.choice ?? status) ?? 0) + 1);
      // every view shows the end, and the asker was told with one id
      expect([id, approval.reached]).toEqual([id, { message: version, lists: version, bus: version }]);
      expect([told.has(`${id}#asked`), told.has(`${id}#decided`)]).toEqual([true, true]);
      for (const told of [messageId ?? '', newsId ?? '']) {
        kept.add(told);
        // where its worker died before it queued it, reconcile does
        expect(await living(({ deps }) => deps.messages.get(told))).toMatchObject({ id: told });
        await deliver({ messageId: told, destination: 'project' });
      }
    }
    await expectEndedCards(cards);
    expect([...ended.keys()].sort()).toEqual(['approve', 'expired', 'reject']);
    // one message asks and one tells the end; an event comes twice only where a worker died before it noted it
    expect(kept.size).toBe(2 * MANY);
    expect(messages.filter((id) => !kept.has(id))).toEqual([]);
    expect(kills).toBeGreaterThan(MANY / 10);
    expect(events.length - told.size).toBeLessThanOrEqual(kills);
    const pending = await living(({ deps }) => deps.approvals.list('pending', { limit: 100 }));
    expect(pending?.approvals).toEqual([]);
  },
);
