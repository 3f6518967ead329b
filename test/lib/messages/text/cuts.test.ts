import { Parser } from 'commonmark';
import { expect, test } from 'vitest';
import type { Content } from '../../../../lib/messages/content.ts';
import type { Destination } from '../../../../lib/messages/destination.ts';
import { planFor } from '../../../../lib/messages/render/plan.ts';
import { split } from '../../../../lib/messages/render/split.ts';
import { closed } from '../../../../lib/messages/text/blocks.ts';
import { shortened } from '../../../../lib/messages/text/tokens.ts';
import fc from '../../../support/property.ts';
import { emoji, plainTexts, RUNS, richTexts } from './generated.ts';

const NOTICE: Destination = { kind: 'work-notification', userIds: ['lisi'] };
const ROBOT: Destination = { kind: 'custom-robot', accessToken: 'a', secret: 's' };

/** The texts of the messages that a text becomes. */
function sent(destination: Destination, content: Content): string[] {
  return planFor(destination, content).map(({ rendered }) => textIn(rendered.measured));
}

function textIn(body: Record<string, unknown>): string {
  const { text, markdown }: { text?: { content: string }; markdown?: { text: string } } = body;
  return markdown?.text ?? text?.content ?? '';
}

const markdown = (text: string): Content => ({ kind: 'markdown', title: 't', text });
/** A part without its number, its keyword and the gap behind them. */
const withoutNumber = (part: string, keyword = '', gap = '\n\n') => {
  const word = keyword === '' ? '' : `(?: ${keyword})?`;
  return part.replace(new RegExp(`^\\(\\d+/\\d+\\)${word}${gap}`), '');
};

/** How often each of these stands in a text, looked for one after the other. */
function count(texts: string[], wanted: string[]): Map<string, number> {
  return new Map(
    [...new Set(wanted)].map((each) => [each, texts.reduce((sum, text) => sum + text.split(each).length - 1, 0)]),
  );
}

const isWhole = (part: string) => /^(?:https?:|\[|\*\*|`|@|¥?\d)/.test(part);

test('links, addresses, mentions, figures, emoji, code and bold stand whole in exactly one piece', () => {
  fc.assert(
    fc.property(richTexts, fc.integer({ min: 150, max: 600 }), (parts, budget) => {
      const text = parts.join('');
      const pieces = split(text, budget, true);
      const bodies = pieces.map(({ body }) => body);
      expect(bodies.join('')).toBe(text);
      const atoms = parts.filter(isWhole);
      expect(count(bodies, atoms)).toEqual(count([text], atoms));
    }),
    { numRuns: RUNS },
  );
});

test('in a text without Markdown addresses, mentions and figures stand whole too', () => {
  fc.assert(
    fc.property(plainTexts, fc.integer({ min: 120, max: 600 }), (parts, budget) => {
      const text = parts.join('');
      const bodies = split(text, budget, false).map(({ body }) => body);
      expect(bodies.join('')).toBe(text);
      const atoms = parts.filter(isWhole);
      expect(count(bodies, atoms)).toEqual(count([text], atoms));
      for (const body of bodies) expect(body.isWellFormed()).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

test('no cut goes through what people see as one character', () => {
  const characters = fc.array(fc.oneof(emoji, fc.constantFrom('好', 'a', ' ', '。')), {
    minLength: 30,
    maxLength: 200,
  });
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  fc.assert(
    fc.property(characters, fc.integer({ min: 100, max: 300 }), fc.boolean(), (signs, budget, isMarkdown) => {
      const text = signs.join('');
      const borders = new Set([...graphemes.segment(text)].map(({ index }) => index));
      let at = 0;
      for (const { body } of split(text, budget, isMarkdown)) {
        expect(borders).toContain(at);
        at += body.length;
      }
    }),
    { numRuns: RUNS },
  );
});

test('the parts that DingTalk gets, without numbers and keyword, are the text', () => {
  fc.assert(
    fc.property(richTexts, fc.constantFrom('', '告警'), fc.boolean(), (some, keyword, isMarkdown) => {
      const text = some.join('').repeat(12).trim();
      const destination: Destination = { ...ROBOT, keyword };
      const content: Content = isMarkdown ? markdown(text) : { kind: 'text', text };
      const parts = sent(keyword === '' ? NOTICE : destination, content);
      if (parts.length === 1) return;
      const gap = isMarkdown ? '\n\n' : '\n';
      expect(parts.map((part) => withoutNumber(part, keyword, gap)).join('')).toBe(text);
    }),
    { numRuns: Math.ceil(RUNS / 10) },
  );
});

test('a shortened text is well-formed, at most so long, and ends between characters', () => {
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  fc.assert(
    fc.property(plainTexts, fc.integer({ min: 8, max: 64 }), (parts, most) => {
      const text = parts.join('');
      const short = shortened(text, most);
      expect(short.isWellFormed()).toBe(true);
      expect(short.length).toBeLessThanOrEqual(most);
      if (short === text) return;
      expect(text.startsWith(short.slice(0, -1))).toBe(true);
      const end = short.length - 1;
      expect([...graphemes.segment(text)].map(({ index }) => index)).toContain(end);
    }),
    { numRuns: RUNS },
  );
});

test.each([
  ['甲'.repeat(52), '😀😀😀后面还有内容'],
  ['甲'.repeat(54), '😀😀😀后面还有内容'],
  ['甲'.repeat(60), '👨‍👩‍👧‍👦后面还有内容'],
  ['甲'.repeat(58), 'https://a.example/very/long/address 后面'],
])('a title is not cut inside of %s%s', (start, tail) => {
  const short = shortened(`${start}${tail}`, 64);
  expect(short.isWellFormed()).toBe(true);
  expect(short).toMatch(new RegExp(`^${start}(?:😀){0,3}[^h]{0,6}…?$`));
});

/** Texts in which Chinese sentences of 42 signs stand before a piece that must not be cut. */
const SENTENCE = '今日上线内容较多,请各位同事仔细阅读并按时完成各自模块的验证工作';
test.each([
  ['links', (n: number) => `${SENTENCE}[工单${n}](https://jira.example.com/browse/OPS-${n}?from=weekly&x=1)`],
  ['bold', (n: number) => `${SENTENCE}**第 ${n} 项，重要**`],
  ['pictures', (n: number) => `${SENTENCE}![图${n}](https://img.example.com/a_${n}.png)`],
  ['code', (n: number) => `${SENTENCE}\`kubectl logs pod-${n} --tail 20\``],
  ['mentions', (n: number) => `${SENTENCE} @user.${n}-x`],
  ['figures', (n: number) => `${SENTENCE}共 ${n},000,000.50 元`],
])('in a line that is too long, %s stay whole and cuts come behind sentences', (_, itemOf) => {
  const items = Array.from({ length: 700 }, (__, n) => itemOf(n));
  for (const destination of [ROBOT, NOTICE]) {
    const text = items.slice(0, destination === NOTICE ? 30 : 700).join('。');
    const parts = sent(destination, markdown(text)).map((part) => withoutNumber(part));
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.join('')).toBe(text);
    for (const part of parts.slice(0, -1)) expect(part).toMatch(/。$/);
  }
});

test('without a sentence to end, a cut comes behind a comma or a blank, and then between words', () => {
  const commas = '磁盘使用率很高，'.repeat(200);
  for (const part of sent(NOTICE, { kind: 'text', text: commas }).slice(0, -1)) expect(part).toMatch(/，$/);
  const words = 'kubernetes '.repeat(400);
  for (const part of sent(NOTICE, { kind: 'text', text: words }).slice(0, -1)) expect(part).toMatch(/kubernetes $/);
  const dates = '发生于2026-12-01T18:00:59Z共12,345.67元'.repeat(120);
  const parts = sent(NOTICE, { kind: 'text', text: dates }).map((part) => withoutNumber(part, '', '\n'));
  expect(parts.length).toBeGreaterThan(2);
  expect(count(parts, ['2026-12-01T18:00:59Z', '12,345.67'])).toEqual(
    count([dates], ['2026-12-01T18:00:59Z', '12,345.67']),
  );
});

test('code within a line opens no fence', () => {
  for (const opening of [
    '```npm ci``` 之前先清缓存\n',
    '``` `x`\n',
    '```a``` b ```c```\n',
    '> ```npm ci``` 之前\n\n',
  ]) {
    const parts = sent(NOTICE, markdown(opening + '普通文字一行,说明第几步要做什么。\n\n'.repeat(90)));
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part.trimEnd()).not.toMatch(/```$/);
    for (const part of parts.slice(1)) expect(part).not.toContain('```');
  }
});

const frame = (n: number) => `at com.example.Service.method${n}(Service.java:${n})`;
const LINES = Array.from({ length: 900 }, (_, n) => frame(n));
test.each([
  ['a quote', '> 堆栈:\n> ```java\n', '>     ', '> ```', '> ```java\n', '> ```'],
  ['an item', '1. 堆栈:\n    ```java\n', '    ', '    ```', '1. ```java\n', '   ```'],
  ['a bullet', '- 堆栈:\n  ~~~~ java x\n', '  ', '  ~~~~', '- ~~~~ java x\n', '  ~~~~'],
  ['an item of a quote', '> 2) 堆栈:\n>    ```\n', '>    ', '>    ```', '> 2) ```\n', '>    ```'],
  ['nothing', '堆栈:\n\n```java\n', '    ', '```', '```java\n', '```'],
])(
  'a fence in %s is closed and opened again as it was, and all of its lines stay code',
  (_, ...[opening, before, end, reopened, close]) => {
    const text = `${opening}${LINES.map((line) => `${before}${line}`).join('\n')}\n${end}\n\n完`;
    const parts = sent(ROBOT, markdown(text));
    expect(parts.length).toBeGreaterThan(2);
    const bare = parts.map((part) => withoutNumber(part));
    for (const part of bare.slice(1)) expect(part.startsWith(reopened)).toBe(true);
    for (const part of bare.slice(0, -1)) expect(part.endsWith(`\n${close}\n`)).toBe(true);
    // as a CommonMark reader sees it
    const inCode = parts.map(codeIn).join('\n');
    for (const line of LINES) expect(inCode).toContain(line);
    expect(inCode).not.toMatch(/完|```|~~~/);
  },
);

function codeIn(part: string): string {
  const walker = new Parser().parse(part).walker();
  let found = '';
  for (let step = walker.next(); step; step = walker.next())
    if (step.entering && step.node.type === 'code_block') found += step.node.literal;
  return found;
}

test.each([
  ['**构建失败**\n\n```\nerror TS2304', '\n```'],
  ['> ```js\n> x', '\n> ```'],
  ['- a\n  ~~~\n  x\n', '  ~~~'],
  ['```\na\n```\n\n````md\n```\n', '````'],
])('what is left open in %j is closed', (text, end) => {
  expect(closed(text)).toBe(`${text}${end}`);
  expect(closed(closed(text))).toBe(closed(text));
});

test.each(['```npm ci```', '> ```js\nno more', '    ```\nindented', '```\na\n```'])(
  '%j leaves nothing open',
  (text) => {
    expect(closed(text)).toBe(text);
  },
);

test('every part, card and list has the keyword of its robot, once', () => {
  const robot: Destination = { kind: 'custom-robot', accessToken: 'a', keyword: '告警' };
  const said = (content: Content) => planFor(robot, content).map(({ rendered }) => JSON.stringify(rendered.measured));
  const url = 'https://a.cn';
  const long = `告警: 主机 db-1\n${'磁盘使用率很高,请尽快处理。\n'.repeat(1200)}`;
  const contents: Content[] = [
    { kind: 'text', text: long },
    markdown(long),
    { kind: 'text', text: 'x' },
    markdown('x'),
    { kind: 'link', title: 't', text: 'x', url },
    { kind: 'actionCard', title: 't', text: 'x', buttons: [{ title: 'b', url }] },
    {
      kind: 'feedCard',
      items: [
        { title: 'x', url, pictureUrl: url },
        { title: 'y', url, pictureUrl: url },
      ],
    },
  ];
  for (const content of contents) {
    for (const body of said(content)) expect(body.split('告警')).toHaveLength(2);
  }
  expect(sent(robot, { kind: 'text', text: long }).length).toBeGreaterThan(2);
});
