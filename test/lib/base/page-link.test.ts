import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createPageLinks } from '../../../lib/base/visitor/page-link.ts';

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
  const url = pageUrl({ id: 't_1' }, 'zhangsan');
  expect(url).toMatch(/^https:\/\/dock\.example\/t\/t_1\?p=zhangsan&e=\d+&s=[\w-]{22}$/);
  expect(holderOf('t_1', parts(url))).toMatchObject({ userId: 'zhangsan' });
  expect(holderOf('t_2', parts(url))).toBe('foreign');
});

test('whatever is changed in a link, it is foreign, and one that was cut is broken', () => {
  const { pageUrl, holderOf, parts } = setup();
  const { p, e, s } = parts(pageUrl({ id: 't_1' }, 'zhangsan'));
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
  const nobody = parts(pageUrl({ id: 't_1' }));
  expect(holderOf('t_1', nobody)).toEqual({ madeOn: Math.floor(START / DAY_MS) });
  expect(holderOf('t_1', { ...nobody, p: 'zhangsan' })).toBe('foreign');
});

test("a person's link is good for 180 days, the link of a to-do for 400, and an old one is told from a foreign one", () => {
  const { pageUrl, holderOf, parts, later } = setup();
  const [own, shown] = [parts(pageUrl({ id: 't_1' }, 'zhangsan')), parts(pageUrl({ id: 't_1' }))];
  later(180);
  expect(holderOf('t_1', own)).toMatchObject({ userId: 'zhangsan' });
  later(181);
  expect(holderOf('t_1', own)).toBe('expired');
  expect(holderOf('t_1', { ...own, e: '99999' })).toBe('foreign');
  expect(holderOf('t_1', shown)).toEqual({ madeOn: Math.floor(START / DAY_MS) });
  later(401);
  expect(holderOf('t_1', shown)).toBe('expired');
});

test('a link that is made again for the same moment is the same', () => {
  const { pageUrl, later } = setup();
  const first = pageUrl({ id: 't_1' }, 'zhangsan', START);
  later(3);
  expect(pageUrl({ id: 't_1' }, 'zhangsan', START)).toBe(first);
  expect(pageUrl({ id: 't_1' }, 'zhangsan')).not.toBe(first);
});

test('where people sign in an address names the record only, and opens within DingTalk', () => {
  const sign = () => 's';
  const signsIn = (app?: string) => app !== 'without';
  const { linkOf, pageUrl } = createPageLinks({ publicUrl: 'https://dock.example', sign, now: () => START, signsIn });
  const inner = (link: string) => {
    const query = new URLSearchParams(link.replace('dingtalk://dingtalkclient/page/link?', ''));
    return [query.get('url'), query.get('pc_slide')];
  };
  expect(inner(linkOf({ id: 't_1' }, 'zhangsan'))).toEqual(['https://dock.example/t/t_1', 'true']);
  expect(inner(linkOf({ id: 't_1', app: 'second' }))).toEqual(['https://dock.example/t/t_1?app=second', 'true']);
  expect(inner(linkOf({ id: 't_1', app: 'without' }))[0]).toMatch(/\/t_1\?e=\d+&s=s$/);
  expect(pageUrl({ id: 't_1' })).toBe('https://dock.example/t/t_1');
  // whoever asks for one gets the address that acts as them
  expect(pageUrl({ id: 't_1' }, 'zhangsan')).toMatch(/\?p=zhangsan&e=\d+&s=s$/);
});
