import { expect, test } from 'vitest';
import type { Content } from '../../../lib/messages/content.ts';
import { costOf } from '../../../lib/messages/cost.ts';
import type { Destination } from '../../../lib/messages/destination.ts';
import { planFor } from '../../../lib/messages/render/plan.ts';
import fc from '../../support/property.ts';

const MOST = { parts: 20, calls: 200 };
const people = (count: number) => Array.from({ length: count }, (_, n) => `user${n}`);
const DESTINATIONS: Record<string, Destination> = {
  notice: { kind: 'work-notification', userIds: ['lisi'] },
  everybody: { kind: 'work-notification', userIds: people(2_000) },
  ops: { kind: 'custom-robot', accessToken: 't', secret: 's' },
  pool: { kind: 'custom-robot-pool', robots: [{ accessToken: 'a', secret: 's' }] },
  project: { kind: 'robot-group', openConversationId: 'c' },
  team: { kind: 'robot-users', userIds: people(2_000) },
  old: { kind: 'conversation', chatId: 'chat' },
};
const named = (name: string) => ({ name, destination: DESTINATIONS[name] ?? expect.fail(name) });
const markdown = (text: string): Content => ({ kind: 'markdown', title: 'log', text });
const calls = (name: string, content: Content) => planFor(named(name).destination, content).length;
/** A code fence whose opening line has so many bytes, around so many short lines. */
const fenced = (opening: number, lines: number) =>
  markdown(`\`\`\`${'x'.repeat(opening - 3)}\n${'a\n'.repeat(lines)}\`\`\``);

test.each([
  ['notice', 1_865, 600],
  ['notice', 1_865, 65_000],
  ['project', 14_800, 40_000],
  ['ops', 19_790, 40_000],
])('a fence at %s whose opening line has %i bytes leaves room for its %i lines', (name, opening, lines) => {
  const content = fenced(opening, lines);
  const least = Math.ceil(
    Buffer.byteLength(JSON.stringify(content)) / { notice: 2_048, project: 15_000, ops: 20_000 }[name]!,
  );
  // a piece is at least half full, and its frame and number take a quarter at most
  expect(calls(name, content)).toBeLessThanOrEqual(4 * least);
});

test('the fences of a long opening line are closed and opened again in each part', () => {
  for (const { rendered } of planFor(named('notice').destination, fenced(900, 3_000)).slice(1)) {
    expect(JSON.stringify(rendered.measured).match(/```/g)).toHaveLength(2);
  }
});

test('a text of too many parts is refused with their number', () => {
  const content: Content = { kind: 'text', text: '好'.repeat(20_000) };
  const { faults } = costOf([named('notice')], { content }, MOST);
  expect(faults).toMatchObject([{ path: 'text', code: 'too_many_calls', calls: calls('notice', content), most: 20 }]);
  expect(costOf([named('notice')], { content }, { parts: 100, calls: 200 }).faults).toEqual([]);
});

test('what destinations take together is refused beyond 200 calls, with the sum', () => {
  const content: Content = { kind: 'text', text: 'all of you' };
  expect(costOf([named('team'), named('everybody')], { content }, MOST)).toEqual({ calls: 120, faults: [] });
  const long: Content = { kind: 'text', text: 'x'.repeat(20_000) };
  const { calls: sum, faults } = costOf([named('team'), named('ops')], { content: long }, MOST);
  expect(sum).toBe(calls('team', long) + calls('ops', long));
  expect(faults).toMatchObject([{ path: 'to', code: 'too_many_calls', calls: sum, most: 200 }]);
});

test('an object of the bucket costs an upload beside the message', () => {
  const content: Content = { kind: 'file', mediaId: 's3:media/a.pdf', fileName: 'a.pdf' };
  expect(costOf([named('project')], { content }, MOST).calls).toBe(2);
});

const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.constantFrom('', '```', '```js', '~~~', '| a | b |', '|---|---|', '| 1 | 2 |', '- 项目 👨‍👩‍👧'),
  fc.integer({ min: 1, max: 25_000 }).map((length) => `\`\`\`${'x'.repeat(length)}`),
  fc.integer({ min: 1, max: 3_000 }).map((length) => `|${'x|'.repeat(length)}\n${'|-'.repeat(length)}|`),
  fc.integer({ min: 1, max: 3_000 }).map((length) => '`'.repeat(length)),
);
const texts = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 12 }))
  .map(([lines, times]) => `${lines.join('\n')}\n`.repeat(times).slice(0, 190_000));

test('the worst accepted request takes 200 calls at most, and as many as it was said to', () => {
  let worst = 0;
  fc.assert(
    fc.property(texts, fc.boolean(), fc.subarray(Object.keys(DESTINATIONS), { minLength: 1 }), (text, plain, names) => {
      const content: Content = plain ? { kind: 'text', text } : markdown(text);
      const to = names.map(named);
      const { calls: sum, faults } = costOf(to, { content }, MOST);
      if (faults.length > 0) return;
      expect(to.flatMap(({ destination }) => planFor(destination, content))).toHaveLength(sum);
      expect(sum).toBeLessThanOrEqual(200);
      worst = Math.max(worst, sum);
    }),
    { numRuns: process.env.TEXTS ? 60 : 10 },
  );
  expect(worst).toBeGreaterThan(100);
});

test('a call that asks whom a work notification reached costs one more, where it is made', () => {
  const content: Content = { kind: 'text', text: 'x' };
  const cost = (name: string, confirm?: boolean) => costOf([named(name)], { content, confirm }, MOST).calls;
  expect([cost('notice'), cost('notice', true), cost('ops', true), cost('everybody', true)]).toEqual([1, 2, 1, 20]);
  const destination: Destination = { kind: 'work-notification', userIds: ['lisi'], confirm: true };
  expect(costOf([{ name: 'confirmed', destination }], { content }, MOST).calls).toBe(2);
});
