import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createPageLinks } from '../../../lib/tasks/page/page-link.ts';

const DAY_MS = 24 * 3600_000;
const START = Date.parse('2026-11-22T07:00:00Z');

function setup() {
  let now = START;
  const sign = (purpose: string, text: string) =>
    createHmac('sha256', 'key').update(`${purpose}\n${text}`).digest('base64url').slice(0, 22);
  const links = createPageLinks({ publicUrl: 'https://dock.example', sign, now: () => now });
  const parts = (url: string) => Object.fromEntries(new URL(url).searchParams);
  return { ...links, parts, later: (days: number) => (now = START + days * DAY_MS) };
}

test('a link belongs to the person and the task it was made for', () => {
  const { pageUrl, holderOf, parts } = setup();
  const url = pageUrl('t_1', 'zhangsan');
  expect(url).toMatch(/^https:\/\/dock\.example\/t\/t_1\?p=zhangsan&e=\d+&s=[\w-]{22}$/);
  expect(holderOf('t_1', parts(url))).toEqual({ userId: 'zhangsan' });
  expect(holderOf('t_2', parts(url))).toBe('foreign');
});

test('whatever is changed in a link, it is foreign, and one that was cut is broken', () => {
  const { pageUrl, holderOf, parts } = setup();
  const { p, e, s } = parts(pageUrl('t_1', 'zhangsan'));
  for (const proof of [
    { p: 'lisi', e, s },
    { p, e: String(Number(e) + 1), s },
    { e, s },
    { p, e, s: `${s}x` },
  ]) {
    expect(holderOf('t_1', proof)).toBe('foreign');
  }
  for (const proof of [{ p, s }, { p, e }, { p, e, s: '' }, { p, e, s: s?.slice(0, -1) }, {}]) {
    expect(holderOf('t_1', proof)).toBe('broken');
  }
  const nobody = parts(pageUrl('t_1'));
  expect(holderOf('t_1', nobody)).toEqual({});
  expect(holderOf('t_1', { ...nobody, p: 'zhangsan' })).toBe('foreign');
});

test("a person's link is good for 180 days, the link of a to-do for 400, and an old one is told from a foreign one", () => {
  const { pageUrl, holderOf, parts, later } = setup();
  const [own, shown] = [parts(pageUrl('t_1', 'zhangsan')), parts(pageUrl('t_1'))];
  later(180);
  expect(holderOf('t_1', own)).toEqual({ userId: 'zhangsan' });
  later(181);
  expect(holderOf('t_1', own)).toBe('expired');
  expect(holderOf('t_1', { ...own, e: '99999' })).toBe('foreign');
  expect(holderOf('t_1', shown)).toEqual({});
  later(401);
  expect(holderOf('t_1', shown)).toBe('expired');
});

test('a link that is made again for the same moment is the same', () => {
  const { pageUrl, later } = setup();
  const first = pageUrl('t_1', 'zhangsan', START);
  later(3);
  expect(pageUrl('t_1', 'zhangsan', START)).toBe(first);
  expect(pageUrl('t_1', 'zhangsan')).not.toBe(first);
});
