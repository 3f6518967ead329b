import { type Access, requireDestinations } from '../../base/access.ts';
import { InvalidInput } from '../../base/errors.ts';
import type { Link, LinkStore, Share, ShareStore } from './share.ts';

export type SharesDeps = { shares: ShareStore; links: LinkStore; publicUrl: string; now: () => number };

/** What became of one upload: the way to each destination and why, attempts, message ids, its download link. */
export async function getShare(deps: SharesDeps, id: string, access: Access) {
  const share = await find(deps.shares, id, access);
  const link = share.linkId === undefined ? undefined : await deps.links.get(share.linkId);
  return { ...shareView(share), ...(link && { link: linkView(deps.publicUrl, link) }) };
}

/** What became of a (UTC) day's uploads, newest first; `cursor` opens the next page. */
export async function listShares({ shares }: SharesDeps, day: string, cursor?: string) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) {
    const fault = { path: 'day', code: 'invalid_day', message: `"${day}" is no day; write it like 2026-01-31` };
    throw new InvalidInput('shares.list', 'invalid_day', [fault], 400);
  }
  const page = await shares.listDay(day, cursor);
  return { ...page, shares: page.shares.map(shareView) };
}

/** Ends the download link of a share at once; whoever opens it reads that it was revoked. */
export async function revokeLink(deps: SharesDeps, id: string, access: Access): Promise<void> {
  const { linkId } = await find(deps.shares, id, access);
  if (linkId === undefined) {
    const message = `share "${id}" has no download link: the file itself was sent`;
    throw new InvalidInput('shares.revoke', 'no_link', [{ path: 'id', code: 'no_link', message }], 404);
  }
  await deps.links.revoke(linkId, new Date(deps.now()).toISOString());
}

async function find(shares: ShareStore, id: string, access: Access): Promise<Share> {
  const share = await shares.get(id);
  if (share) {
    const names = share.targets.map(({ destination }) => destination);
    requireDestinations(access, names);
    return share;
  }
  const message = `no share has the id "${id}"; list them with GET /shares`;
  throw new InvalidInput('shares.get', 'unknown_share', [{ path: 'id', code: 'unknown_share', message }], 404);
}

function shareView({ requestHash: _, linkId: __, link: ___, targets, ...share }: Share) {
  return {
    ...share,
    targets: targets.map(({ messageIds = [], drive, ...target }) => ({
      ...target,
      ...(drive && { drive: { spaceId: drive.spaceId, dentryId: drive.dentryId } }),
      links: { messages: messageIds.map((id) => `/messages/${id}`) },
    })),
    links: { self: `/shares/${share.id}` },
  };
}

function linkView(publicUrl: string, { id, expiresAt, maxViews, views, revokedAt }: Link) {
  return { url: `${publicUrl}/f/${id}`, expiresAt, maxViews, views, revokedAt };
}
