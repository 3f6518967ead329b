import { expect, test } from 'vitest';
import { MAX_MEDIA_BYTES, wayOf } from '../../../lib/files/way.ts';

test.each([
  ['robot-group', 'a.pdf', MAX_MEDIA_BYTES, 'file'],
  ['robot-group', 'A.PNG', 10, 'image'],
  ['robot-group', 'a.pdf', MAX_MEDIA_BYTES + 1, 'link-card'],
  ['robot-users', 'README', 10, 'file'],
  ['work-notification', 'a.pdf', 10_000_000, 'file'],
  ['work-notification', 'a.pdf', 10_000_001, 'link-card'],
  ['conversation', 'a.jpg', 10, 'image'],
  ['custom-robot', 'a.png', 10, 'link-card'],
] as const)('%s gets %s of %i bytes as %s', (kind, name, size, way) => {
  expect(wayOf(kind, name, size).way).toBe(way);
});
