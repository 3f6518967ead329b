import { expect, test } from 'vitest';
import { atList, withVisibleMentions } from '../../../lib/messages/mention.ts';
import fc from '../../support/property.ts';

const text = (words: string) => ({ kind: 'text' as const, text: words });

test('writes each person into the text once, and leaves alone who stands there already', () => {
  const content = withVisibleMentions(text('@lisi please look'), { users: ['lisi', 'li'], mobiles: ['13800000001'] });
  expect(content).toEqual(text('@lisi please look @li @13800000001'));
  expect(withVisibleMentions(text('x'), { users: ['lisi', 'lisi'] })).toEqual(text('x @lisi'));
});

test('writes @所有人 where isAtAll alone does nothing, and not into text', () => {
  const card = { kind: 'actionCard' as const, title: 't', text: 'x', buttons: [{ title: 'b', url: 'https://a' }] };
  expect(withVisibleMentions(card, { all: true })).toMatchObject({ text: 'x\n\n@所有人' });
  const markdown = { kind: 'markdown' as const, title: 't', text: '@所有人 x' };
  expect(withVisibleMentions(markdown, { all: true })).toEqual(markdown);
  expect(withVisibleMentions(text('x'), { all: true })).toEqual(text('x'));
});

test('gives DingTalk the same people in the at list', () => {
  expect(atList({ users: ['lisi'], all: true })).toEqual({ atUserIds: ['lisi'], atMobiles: [], isAtAll: true });
});

test('leaves a message without mentions as it is', () => {
  expect(withVisibleMentions(text('a'), undefined)).toEqual(text('a'));
  expect(withVisibleMentions(text('a'), { users: [] })).toEqual(text('a'));
});

test('every person stands in the text afterwards, and the words are untouched', () => {
  const userId = fc.stringMatching(/^[a-z0-9]{1,12}$/);
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(userId, { maxLength: 10 }), (words, users) => {
      const content = withVisibleMentions(text(words), { users });
      if (!('text' in content)) return false;
      return content.text.startsWith(words) && users.every((user) => content.text.includes(`@${user}`));
    }),
  );
});
