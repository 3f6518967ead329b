import { expect, test } from 'vitest';
import { openFile } from '../../../lib/files/share/open-file.ts';

const LINK = {
  id: 'l',
  shareId: 's',
  bucket: 'b',
  key: 'k',
  fileName: 'a.pdf',
  expiresAt: '2026-12-01T00:00:00Z',
  timeZone: 'Asia/Shanghai',
  sender: '某公司',
  views: 0,
};

/** One link that may be opened once. */
function world() {
  let left = 1;
  const links = {
    get: async (id: string) => (id === 'l' ? { ...LINK, maxViews: 1 } : undefined),
    view: async () => {
      left -= 1;
      return left >= 0;
    },
    put: async () => {},
    revoke: async () => {},
  };
  return {
    links,
    urls: { presign: async () => 'https://bucket.example/a.pdf' },
    now: () => Date.parse('2026-11-28T00:00:00Z'),
  };
}

const asking = (agent?: string, more = {}) => ({ method: 'GET', headers: { 'user-agent': agent, ...more } });

test('a preview by DingTalk’s servers is no view, and the person after it gets the file', async () => {
  const deps = world();
  const preview = await openFile(deps, 'l', asking('DingTalk-LinkService/1.0'));
  expect([preview.status, preview.headers]).toEqual([
    200,
    expect.not.objectContaining({ location: expect.anything() }),
  ]);
  expect(preview.body).not.toContain('a.pdf');
  expect((await openFile(deps, 'l', asking('Mozilla/5.0 AliApp(DingTalk/7.8.1)'))).status).toBe(302);
  expect((await openFile(deps, 'l', asking())).status).toBe(410);
  expect((await openFile(deps, 'nothing', asking('DingTalk-LinkService/1.0'))).status).toBe(404);
});

test.each([
  ['HEAD', {}],
  ['GET', { 'sec-purpose': 'prefetch;prerender' }],
  ['GET', { purpose: 'prefetch' }],
  ['GET', { 'x-moz': 'prefetch' }],
  ['GET', { 'x-purpose': 'preview' }],
])('%s with %j looks at a link and opens it for nobody', async (method, headers) => {
  const deps = world();
  const looked = await openFile(deps, 'l', { method, headers });
  expect(looked.status).toBe(200);
  expect(looked.headers).not.toHaveProperty('location');
  expect((await openFile(deps, 'l', asking())).status).toBe(302);
  expect((await openFile(deps, 'nothing', { method, headers })).status).toBe(404);
});
