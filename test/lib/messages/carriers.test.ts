import { expect, test } from 'vitest';
import { carryFaults } from '../../../lib/messages/carriers.ts';
import type { Content } from '../../../lib/messages/content.ts';
import type { Destination } from '../../../lib/messages/destination.ts';
import { KINDS } from '../../../lib/messages/kinds/kinds.ts';
import type { Mention } from '../../../lib/messages/mention.ts';

const robot: Destination = { kind: 'custom-robot', accessToken: 't' };
const notice: Destination = { kind: 'work-notification', userIds: ['lisi'] };

test('refuses a file for a custom robot and names the kinds that carry files', () => {
  const content: Content = { kind: 'file', mediaId: '@lAj', fileName: 'a.pdf' };
  const [fault] = carryFaults('ops', robot, { content });
  expect(fault?.code).toBe('content_not_carried');
  expect(fault?.message).toContain('robot-group, robot-users, work-notification, conversation');
});

test('refuses a mention where it would notify nobody, unless the caller takes the names as text', () => {
  const content: Content = { kind: 'text', text: 'look' };
  const codes = (mention: Mention) => carryFaults('notice', notice, { content, mention }).map((f) => f.code);
  expect(codes({ users: ['lisi'] })).toEqual(['mention_not_carried']);
  expect(codes({ users: ['lisi'], fallback: 'text' })).toEqual([]);
});

test('splits what is long text, and refuses the rest with its measured size', () => {
  expect(carryFaults('notice', notice, { content: { kind: 'text', text: '好'.repeat(20_000) } })).toEqual([]);
  const link: Content = {
    kind: 'link',
    title: '好',
    text: '好'.repeat(700),
    url: 'https://example.com',
    pictureUrl: '@lAD',
  };
  const [fault] = carryFaults('notice', notice, { content: link });
  expect(fault?.code).toBe('too_long');
  expect(fault?.message).toMatch(/^2\d\d\d bytes .* takes 2048/);
});

test('refuses a title that leaves no room for the text, and a text beyond all measure', () => {
  const wide: Content = { kind: 'markdown', title: '好'.repeat(600), text: 'x' };
  expect(carryFaults('notice', notice, { content: wide })).toMatchObject([{ code: 'too_long' }]);
  const huge: Content = { kind: 'text', text: 'x'.repeat(200_001) };
  expect(carryFaults('ops', robot, { content: huge })).toMatchObject([{ code: 'too_long' }]);
});

test('refuses more buttons than the card shows, and a status bar for more than five people', () => {
  const buttons = Array.from({ length: 6 }, (_, n) => ({ title: `${n}`, url: 'https://example.com' }));
  const card: Content = { kind: 'actionCard', title: 't', text: 't', buttons };
  const group: Destination = { kind: 'robot-group', openConversationId: 'c' };
  expect(carryFaults('project', group, { content: card })).toMatchObject([{ code: 'too_many_buttons' }]);
  const oa: Content = {
    kind: 'oa',
    url: 'https://example.com',
    head: { text: 'h', color: 'FFBBBBBB' },
    status: { text: 's' },
    body: {},
  };
  expect(carryFaults('notice', notice, { content: oa })).toEqual([]);
  const many: Destination = { kind: 'work-notification', userIds: ['a', 'b', 'c', 'd', 'e', 'f'] };
  expect(carryFaults('many', many, { content: oa })).toMatchObject([{ code: 'status_not_carried' }]);
});

test('a link in a work notification needs a picture', () => {
  const link: Content = { kind: 'link', title: 't', text: 't', url: 'https://example.com' };
  expect(carryFaults('notice', notice, { content: link })).toMatchObject([{ code: 'picture_missing' }]);
  expect(carryFaults('ops', robot, { content: link })).toEqual([]);
});

test('an external group notifies nobody', () => {
  const mention = { users: ['lisi'] };
  const external: Destination = { ...robot, external: true };
  expect(carryFaults('ops', external, { content: { kind: 'text', text: 'x' }, mention })).toMatchObject([
    { code: 'mention_not_carried' },
  ]);
});

test('text and markdown reach every kind of destination', () => {
  for (const carrier of Object.values(KINDS))
    expect(carrier.carries).toEqual(expect.arrayContaining(['text', 'markdown']));
});
