import { expect, test } from 'vitest';
import { classOf, MAX_MEDIA_BYTES, waysFor } from '../../../lib/files/share/ways.ts';

const MIB = 1024 * 1024;

/** files.md §9, row by row: what is tried, in this order. */
test.each([
  ['custom-robot', 'a.png', 10, 'picture, link-card'],
  ['custom-robot', 'a.pdf', 10, 'link-card'],
  ['custom-robot', 'a.md', 10, 'link-card'],
  ['custom-robot', 'a.mp4', 10, 'link-card'],
  ['custom-robot-pool', 'a.png', MAX_MEDIA_BYTES + 1, 'link-card'],
  ['robot-group', 'A.PNG', 10, 'image, file, drive, link-card'],
  ['robot-group', 'a.pdf', MAX_MEDIA_BYTES, 'file, drive, link-card'],
  ['robot-group', 'a.html', 10, 'file, zip, drive, link-card'],
  ['robot-group', 'a.mp4', 10, 'file, zip, drive, link-card'],
  ['robot-group', 'a.ogg', 10, 'file, zip, drive, link-card'],
  ['robot-group', 'a.pdf', MAX_MEDIA_BYTES + 1, 'drive, link-card'],
  ['robot-users', 'README', 10, 'file, zip, drive, link-card'],
  ['robot-users', 'a.jpg', 30 * MIB, 'drive, link-card'],
  ['work-notification', 'a.jpg', MAX_MEDIA_BYTES, 'image, link-card'],
  ['work-notification', 'a.pdf', 10_000_000, 'file, link-card'],
  ['work-notification', 'a.pdf', 10_000_001, 'link-card'],
  ['work-notification', 'a.txt', 10, 'file, zip, link-card'],
  ['conversation', 'a.jpg', 10, 'image, file, link-card'],
  ['conversation', 'a.pdf', 10_000_001, 'link-card'],
] as const)('%s gets %s of %i bytes by %s', (kind, name, size, ways) => {
  expect(waysFor(kind, name, size).ways.join(', ')).toBe(ways);
});

test('a file that cannot go as itself says why', () => {
  expect(waysFor('robot-group', 'a.pdf', MAX_MEDIA_BYTES).why).toBeUndefined();
  expect(waysFor('robot-group', 'a.pdf', MAX_MEDIA_BYTES + 1).why?.code).toBe('over_media_limit');
  expect(waysFor('work-notification', 'a.pdf', 10_000_001).why?.code).toBe('over_notice_limit');
  expect(waysFor('custom-robot', 'a.pdf', 1).why?.code).toBe('robot_carries_no_files');
});

test('an extension tells the class, in any case and only when there is one', () => {
  expect(['a.JPEG', 'b.Xlsx', 'c.mp4', 'd.amr', 'png', '.pdf', 'e.', ''].map(classOf)).toEqual([
    'image',
    'document',
    'video',
    'audio',
    'other',
    'other',
    'other',
    'other',
  ]);
});
