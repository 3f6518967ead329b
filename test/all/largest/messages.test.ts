import * as v from 'valibot';
import { afterEach, expect, test } from 'vitest';
import { CONTENT_KINDS, CONTENTS } from '../../../contract/contents.ts';
import { Mention } from '../../../contract/values.ts';
import { createMergeTable } from '../../../lib/aws/tables/merge-table.ts';
import { DingTalkUnreachable } from '../../../lib/base/dingtalk-errors.ts';
import { refusalOf } from '../../../lib/dingtalk/transport/errors.ts';
import { acceptMessage, destinationFaults } from '../../../lib/messages/accept.ts';
import { contentsOf } from '../../../lib/messages/content.ts';
import type { Destination } from '../../../lib/messages/destination.ts';
import { recallMessage } from '../../../lib/messages/recall.ts';
import { resendMessage } from '../../../lib/messages/resend-message.ts';
import { EVERYTHING } from '../../support/access.ts';
import { largestItems } from '../../support/item-kinds.ts';
import { accepted, filled, forInputs, largest } from '../../support/largest.ts';
import { nightWorld } from '../../support/night-world.ts';
import fc from '../../support/property.ts';

// The largest messages, through what may become of them at each destination.

const MINUTE_MS = 60_000;
const NAMES = Array.from({ length: 20 }, (_, n) => `${n}`.padEnd(64, '字'));
const PEOPLE = Array.from({ length: 100 }, (_, n) => `${n}-`.padEnd(64, 'u'));
const quiet = { from: '22:00', to: '07:00' };
const merge = { windowMs: MINUTE_MS };
const kinds = {
  group: { kind: 'robot-group', openConversationId: 'c'.repeat(64) },
  people: { kind: 'robot-users', userIds: PEOPLE },
  robot: { kind: 'custom-robot', accessToken: 'robot', secret: 'SEC', pace: { messages: 1_000, perMs: 1 } },
} satisfies Record<string, Destination>;

const items = largestItems();
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function world(destinations: Record<string, Destination>, start: string) {
  const night = await nightWorld(destinations, start);
  open.push(night.close);
  return { ...night, look: () => items.look(night.client) };
}

type World = Awaited<ReturnType<typeof world>>;

/** What DingTalk makes of a call. */
const ANSWERS = ['taken', 'refused', 'down', 'silent'] as const;

function answering(answers: readonly (typeof ANSWERS)[number][]) {
  let calls = 0;
  const refused = (code: string, status: number) => refusalOf('robot.send', { code, status, text: '字'.repeat(1_000) });
  return async (to: Destination) => {
    const answer = answers[calls++ % answers.length];
    if (answer === 'refused') throw refused('400002', 200);
    if (answer === 'down') throw refused('ServiceUnavailable'.padEnd(200, '!'), 503);
    if (answer === 'silent') throw new DingTalkUnreachable('robot.send', { code: 'timeout', arrived: 'maybe' });
    const people = 'userIds' in to ? (to.userIds ?? []) : [];
    return { receipt: 'r'.repeat(64), people: people.map((userId) => ({ userId, outcome: 'accepted' as const })) };
  };
}

const life = fc.record({
  text: filled(400, ['字', '"', '\u0001', 'u']),
  kind: fc.constantFrom(...Object.values(kinds)),
  answers: fc.array(fc.constantFrom(...ANSWERS), { minLength: 1, maxLength: 3 }),
  night: fc.boolean(),
  end: fc.constantFrom('recall', 'resend'),
});
type Life = typeof life extends fc.Arbitrary<infer L> ? L : never;
/** All that can grow, at once. */
const worst: Life = {
  ...{ text: '字'.repeat(400), kind: kinds.robot, answers: ['down'] },
  ...{ night: true, end: 'resend' },
};

/** With a fallback each, which is as much as they are. */
function placesOf(kind: Destination): Record<string, Destination> {
  const other = (name: string) => name.replace(/字$/, '外');
  return Object.fromEntries(
    NAMES.flatMap((name): [string, Destination][] => [
      [name, { ...kind, merge, quiet, fallback: { to: other(name), afterMs: MINUTE_MS } }],
      [other(name), { ...kind, merge, quiet }],
    ]),
  );
}

const UNKNOWN = PEOPLE.slice(0, 50).map((userId, n) => ({
  ...{ path: `mention.users.${n}`, code: 'unknown_person' },
  message: `"${userId}" is no userId that DingTalk knows: check it`,
}));

/** As many messages as are merged into one, at each of its destinations. */
async function gatherAll({ deps, client, now }: World, messageId: string): Promise<void> {
  const merges = createMergeTable(client, 'messages', now);
  const [destination = ''] = NAMES;
  for (let n = 0; n < 100; n += 1) {
    const other = { messageId: `m_20261128225000000${`${n}`.padStart(20, '0')}`, destination };
    await merges.gather(other, now() + MINUTE_MS);
  }
  const state = (await deps.messages.states([messageId])).get(messageId);
  const { gathered = [] } = state?.deliveries[destination] ?? {};
  expect(gathered.length).toBeGreaterThan(20);
  // one and the same takes as much room as many do, and is looked for once at each try
  const same = gathered.map(() => gathered[0] ?? '');
  for (const name of NAMES)
    await deps.messages.record({ messageId, destination: name }, { status: 'queued', gathered: same });
}

/** What a caller does to it in the end, whatever becomes of that. */
async function after(end: 'recall' | 'resend', { deps }: World, id: string): Promise<void> {
  const given = {
    ...{ ...deps, most: { parts: 20, calls: 600 } },
    appNamed: () => expect.fail('it asks DingTalk for nothing'),
  } as never;
  if (end === 'recall') await recallMessage(given, id, EVERYTHING);
  else await resendMessage(given, { access: EVERYTHING, id }).catch(() => undefined);
}

test('a message to twenty destinations, of which each merges, is quiet, fails and has a fallback that does', async () => {
  const run = async ({ text, kind, answers, night, end }: Life) => {
    const one = await world(placesOf(kind), night ? '2026-11-28T22:50:00Z' : '2026-11-29T02:00:00Z');
    const { deps, now, until, work, look } = one;
    deps.send = answering(answers);
    Object.assign(deps, { unknownPeople: async () => UNKNOWN });
    const mention = { users: PEOPLE.slice(0, 50) };
    const say = () => acceptMessage(deps, { caller: 'key:ci', to: NAMES, content: { kind: 'text', text }, mention });
    const { id } = await say();
    // those that are merged into one wait for it, which only ends soon where DingTalk takes it
    if (answers.every((answer) => answer === 'taken')) for (let n = 0; n < 3; n += 1) await say();
    await gatherAll(one, id);
    await look();
    await work();
    await until(now() + (night ? 11 : 1) * MINUTE_MS);
    await until(now() + 4 * MINUTE_MS);
    await look();
    await after(end, one, id);
    await look();
  };
  await forInputs(life, run, worst);
});

/** One of each kind that takes all contents between them. */
const RECEIVERS: Record<string, Destination> = {
  ...kinds,
  pool: { kind: 'custom-robot-pool', robots: [{ accessToken: 'pool', secret: 'SEC' }] },
  notice: { kind: 'work-notification', userIds: PEOPLE },
  conversation: { kind: 'conversation', chatId: 'chat' },
};

test.each(CONTENT_KINDS)('a message with the longest content that is accepted: %s', async (kind) => {
  const { deps, look } = await world(RECEIVERS, '2026-11-29T02:00:00Z');
  const body = v.strictObject({ [kind]: CONTENTS[kind], mention: Mention });
  const drawn = fc.record({ make: largest(body), to: fc.constantFrom(...Object.keys(RECEIVERS)) });
  await forInputs(drawn, async ({ make, to }) => {
    const most = { parts: 200, calls: 2_000 };
    const accept = async (given: unknown) => {
      const read = v.safeParse(body, given);
      if (!read.success) return undefined;
      const { mention, ...said } = read.output as { mention: v.InferOutput<typeof Mention> };
      const [content] = contentsOf(said);
      const all = content && { content, mention: { ...mention, fallback: 'none' as const } };
      const faults = await destinationFaults({ ...deps, most }, { path: 'to', names: [to], ...all });
      return faults.length === 0 ? all : undefined;
    };
    // what this destination carries none of, another does
    const said = await accepted(make, accept).catch(() => undefined);
    if (said) await acceptMessage(deps, { caller: 'key:ci', to: [to], ...said });
    await look();
  });
});

test('each of these kinds was among them', () => {
  items.told([
    ...['message', 'content of a message', 'earlier tries', 'warnings of a message'],
    ...['row of a message', 'leader of a merge', 'slots', 'position of a pass'],
  ]);
});
