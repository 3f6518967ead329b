import { expect, test } from 'vitest';
import { costOf, type Piece, split } from '../../../lib/messages/render/split.ts';
import fc from '../../support/property.ts';

const shown = ({ before, body, after }: Piece) => before + body + after;
const joined = (pieces: Piece[]) => pieces.map(({ body }) => body).join('');

test('cuts on paragraph borders, and leaves a text that fits in one piece', () => {
  const text = 'first paragraph\n\nsecond paragraph\n\nthird one';
  expect(split(text, 1000, true).map(shown)).toEqual([text]);
  expect(split(text, 45, true).map(({ body }) => body)).toEqual([
    'first paragraph\n\nsecond paragraph\n\n',
    'third one',
  ]);
});

test('reopens a code fence, with its language', () => {
  const text = '```ts\nline number one\nline number two\nline number three\n```\nafter';
  const pieces = split(text, 56, true).map(shown);
  expect(pieces.length).toBeGreaterThan(1);
  for (const piece of pieces.slice(0, -1)) expect(piece.match(/```/g)?.length).toBe(2);
  expect(pieces[1]).toMatch(/^```ts\n/);
});

test('repeats the heading of a table, and never cuts between heading and rule', () => {
  const rows = Array.from({ length: 20 }, (_, row) => `| row ${row} | ${'x'.repeat(10)} |\n`).join('');
  const pieces = split(`| name | value |\n|---|---|\n${rows}`, 150, true).map(shown);
  expect(pieces.length).toBeGreaterThan(3);
  for (const piece of pieces) expect(piece).toMatch(/^\| name \| value \|\n\|---\|---\|\n\| row /);
});

test('never cuts inside what people see as one character', () => {
  const family = '👨‍👩‍👧‍👦';
  const pieces = split(family.repeat(50), 120, false).map(shown);
  expect(pieces.length).toBeGreaterThan(5);
  for (const piece of pieces) expect(piece.replaceAll(family, '')).toBe('');
});

const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    '',
    '',
    '```',
    '```js',
    '~~~',
    '| a | b |',
    '|---|---|',
    '| 1 | 2 |',
    '# 标题',
    '- 项目 👨‍👩‍👧',
    'x'.repeat(300),
  ),
);
const texts = fc.array(line, { maxLength: 60 }).map((lines) => lines.join('\n'));

test('the pieces hold the text, all of it and in order, and each keeps to the budget', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 100, max: 2_000 }), fc.boolean(), (text, budget, markdown) => {
      const pieces = split(text, budget, markdown);
      expect(joined(pieces)).toBe(text);
      for (const piece of pieces) expect(costOf(shown(piece))).toBeLessThanOrEqual(budget);
    }),
    { numRuns: 500 },
  );
});

test('every piece of Markdown closes the fences that it opens', () => {
  const fenced = fc.array(
    fc.string({ maxLength: 30 }).filter((text) => !/[`~\n]/.test(text)),
    { minLength: 5, maxLength: 60 },
  );
  fc.assert(
    fc.property(fenced, fc.integer({ min: 100, max: 300 }), (lines, budget) => {
      const text = `intro\n\n\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n\nend`;
      for (const piece of split(text, budget, true)) expect((shown(piece).match(/^```/gm) ?? []).length % 2).toBe(0);
    }),
  );
});

test('uses most of the budget: a long text does not fall into crumbs', () => {
  const text = Array.from({ length: 400 }, (_, n) => `第 ${n} 段，一些文字。\n\n`).join('');
  expect(split(text, 2_000, true).length).toBeLessThanOrEqual(Math.ceil(costOf(text) / 2_000) * 1.3);
});

test('a hostile line is split like any other, long before the time of a test is over', () => {
  const line = `-|-${' '.repeat(190_000)}x`;
  expect(joined(split(`a|b\n${line}`, 2_000, true))).toBe(`a|b\n${line}`);
});
