import { noticePage, type Opened } from '../../base/page-frame.ts';
import type { Link, LinkStore, UrlSigner } from './share.ts';

export type OpenDeps = {
  links: LinkStore;
  urls: Pick<UrlSigner, 'presign'>;
  now: () => number;
};

/** The presigned address behind a link is for the click, not for keeping. */
const PRESIGNED_S = 300;

/** Opens `/f/{id}`: sends the reader to the file itself, while its sender lets it. */
export async function openFile(deps: OpenDeps, id: string): Promise<Opened> {
  const link = await deps.links.get(id);
  if (!link) {
    const zh = ['没有这个链接', '请向发送者索取新的链接。'] as const;
    return noticePage(404, { zh, en: ['No such link', 'Ask the sender for a new one.'] });
  }
  if (Date.parse(link.expiresAt) <= deps.now()) {
    const day = link.expiresAt.slice(0, 10);
    return gone(link, ['链接已过期', `有效期至 ${day}。`], ['This link has expired', `It was good until ${day}.`]);
  }
  if (!(await deps.links.view(id))) {
    const { revokedAt } = (await deps.links.get(id)) ?? link;
    if (revokedAt !== undefined) return gone(link, ['链接已撤销', ''], ['This link was revoked', '']);
    const views = link.maxViews;
    return gone(
      link,
      ['链接已用完', `最多可打开 ${views} 次。`],
      ['This link is used up', `It could be opened ${views} times.`],
    );
  }
  const location = await deps.urls.presign(link, PRESIGNED_S);
  return { status: 302, headers: { location, 'cache-control': 'no-store' } };
}

/** A link that was good once: its reader learns whom to ask for what. */
function gone({ fileName }: Link, zh: readonly [string, string], en: readonly [string, string]): Opened {
  return noticePage(410, {
    zh: [zh[0], `${zh[1]}请发送者重新分享“${fileName}”。`],
    en: [en[0], `${en[1]} Ask the sender to share "${fileName}" again.`],
  });
}
