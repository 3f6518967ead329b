import { expect, test } from 'vitest';
import { CARRIERS, carryFaults } from '../../../lib/messages/carry.ts';
import type { Content } from '../../../lib/messages/content.ts';
import type { Destination } from '../../../lib/messages/destination.ts';

const robot: Destination = { kind: 'custom-robot', accessToken: 't' };
const notice: Destination = { kind: 'work-notification', userIds: ['lisi'] };

test('refuses a file for a custom robot and names the kinds that carry files', () => {
  const content: Content = { kind: 'file', mediaId: '@lAj', fileName: 'a.pdf' };
  const [fault] = carryFaults('ops', robot, content);
  expect(fault?.code).toBe('content_not_carried');
  expect(fault?.message).toContain('robot-group, robot-users, work-notification, conversation');
});

test('refuses a mention where it would notify nobody, unless the caller takes the names as text', () => {
  const content: Content = { kind: 'text', text: 'look' };
  const codes = (mention: Parameters<typeof carryFaults>[3]) =>
    carryFaults('notice', notice, content, mention).map((f) => f.code);
  expect(codes({ users: ['lisi'] })).toEqual(['mention_not_carried']);
  expect(codes({ users: ['lisi'], fallback: 'text' })).toEqual([]);
});

test('measures UTF-8 bytes as DingTalk does, and says how many there are', () => {
  const fits: Content = { kind: 'text', text: '好'.repeat(660) };
  const tooLong: Content = { kind: 'text', text: '好'.repeat(700) };
  expect(carryFaults('notice', notice, fits)).toEqual([]);
  const [fault] = carryFaults('notice', notice, tooLong);
  expect(fault?.code).toBe('too_long');
  expect(fault?.message).toMatch(/^21\d\d bytes .* takes 2048/);
});

test('text and markdown reach every kind of destination', () => {
  for (const carrier of Object.values(CARRIERS))
    expect(carrier.carries).toEqual(expect.arrayContaining(['text', 'markdown']));
});
