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

test('a preview by DingTalk’s servers is no view, and the person after it gets the file', async () => {
  const deps = world();
  const preview = await openFile(deps, 'l', 'DingTalk-LinkService/1.0');
  expect([preview.status, preview.headers]).toEqual([
    200,
    expect.not.objectContaining({ location: expect.anything() }),
  ]);
  expect(preview.body).not.toContain('a.pdf');
  expect((await openFile(deps, 'l', 'Mozilla/5.0 AliApp(DingTalk/7.8.1)')).status).toBe(302);
  expect((await openFile(deps, 'l')).status).toBe(410);
  expect((await openFile(deps, 'nothing', 'DingTalk-LinkService/1.0')).status).toBe(404);
});
