import { inEach } from '../../base/language.ts';
import { type Notice, noticePage, type Opened } from '../../base/page-frame.ts';
import { when } from '../../base/people/local-time.ts';
import { onlyLooks } from '../../base/visitor/inside-dingtalk.ts';
import { WORDS } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import type { LinkStore, UrlSigner } from './share.ts';

export type OpenDeps = {
  links: Pick<LinkStore, 'get' | 'view'>;
  urls: Pick<UrlSigner, 'presign'>;
  now: () => number;
};

/** How long the presigned address is valid: it is used at once. */
const PRESIGNED_S = 300;

const LONGEST_ID = 100;

/** Who asks for a link, as far as it tells whether anybody reads the file. */
type Asker = { method: string; headers: Record<string, string | undefined> };

/** Opens `/f/{id}`: redirects to the file while the link is valid. */
export async function openFile(deps: OpenDeps, id: string, asker: Asker): Promise<Opened> {
  // a longer id is none, and no key of a table
  const link = id.length > LONGEST_ID ? undefined : await deps.links.get(id);
  const notice = (status: number, of: (words: Words['link']) => Notice['zh']) => {
    const said = inEach(WORDS, ({ link: words }) => of(words));
    return noticePage(status, said, { sender: link?.sender });
  };
  if (!link) return notice(404, ({ unknown }) => unknown());
  const { fileName } = link;
  if (Date.parse(link.expiresAt) <= deps.now()) {
    return notice(410, ({ expired }) => expired(fileName, when(link.expiresAt, link.timeZone)));
  }
  if (asker.method === 'HEAD') return { status: 200, headers: { 'cache-control': 'no-store' } };
  if (onlyLooks(asker.headers)) return notice(200, ({ preview }) => preview());
  if (!(await deps.links.view(id))) {
    const { revokedAt } = (await deps.links.get(id)) ?? link;
    if (revokedAt !== undefined) return notice(410, ({ revoked }) => revoked(fileName));
    return notice(410, ({ usedUp }) => usedUp(fileName, link.maxViews));
  }
  const location = await deps.urls.presign(link, PRESIGNED_S);
  return { status: 302, headers: { location, 'cache-control': 'no-store' } };
}
