import { expect, test } from 'vitest';
import { mergedContent, mergedMention } from '../../../lib/messages/deliver/merge.ts';
import { MAX_MENTIONS } from '../../../lib/messages/mention.ts';
import fc from '../../support/property.ts';

const say = (text: string) => ({ content: { kind: 'text' as const, text } });
const markdown = (title: string, text: string) => ({ content: { kind: 'markdown' as const, title, text } });

test('what is said several times stands once, with its count, in the order of first appearance', () => {
  expect(mergedContent([say('disk full'), say('cpu hot'), say('disk full'), say('disk full')], 'zh')).toEqual({
    kind: 'text',
    text: '4 条消息\ndisk full ×3\ncpu hot',
  });
});

test('a Markdown among them makes a Markdown of all, with rules between them', () => {
  expect(mergedContent([markdown('Build', '# red'), say('cpu hot'), markdown('Build', '# red')], 'zh')).toEqual({
    kind: 'markdown',
    title: 'Build (+2)',
    text: '**3 条消息**\n\n---\n\n# red\n\n×2\n\n---\n\ncpu hot',
  });
});

test('nothing that was said is missing, and nothing is said twice', () => {
  const word = fc.constantFrom('alpha', 'beta', 'gamma', 'delta');
  fc.assert(
    fc.property(fc.array(word, { minLength: 2, maxLength: 40 }), (words) => {
      const content = mergedContent(words.map(say), 'zh');
      const [head, ...lines] = 'text' in content ? content.text.split('\n') : [];
      expect(head).toContain(String(words.length));
      const counted = lines.map((line) => line.split(' ×'));
      expect(counted.map(([text]) => text)).toEqual([...new Set(words)]);
      expect(counted.reduce((sum, [, count = '1']) => sum + Number(count), 0)).toBe(words.length);
    }),
  );
});

test('everybody is mentioned whom one of them mentions, once, as far as the list of DingTalk goes', () => {
  const merged = mergedMention([
    { mention: { users: ['lisi', 'wangwu'] } },
    {},
    { mention: { users: ['lisi'], mobiles: ['138'], all: true } },
  ]);
  expect(merged).toEqual({ users: ['lisi', 'wangwu'], mobiles: ['138'], all: true, fallback: 'text' });
  expect(mergedMention([{}])).toBeUndefined();
  const many = Array.from({ length: 80 }, (_, index) => ({
    mention: { users: [`u${index}`], mobiles: [`m${index}`] },
  }));
  const { users = [], mobiles = [] } = mergedMention(many)!;
  expect(users.length + mobiles.length).toBe(MAX_MENTIONS);
});
