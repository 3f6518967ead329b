import * as v from 'valibot';
import { type ShareList, ShareView } from '../../../contract/answers/shares.ts';
import type { ListShares } from '../../../contract/requests/shares.ts';
import { type Access, requireRecord } from '../../base/access.ts';
import { InvalidInput } from '../../base/errors.ts';
import { isIdOf } from '../../base/ids.ts';
import { type Messages, withOutcomes } from './outcomes.ts';
import type { LinkStore, Share, ShareStore } from './share.ts';

export type SharesDeps = {
  shares: ShareStore;
  links: Pick<LinkStore, 'get' | 'revoke' | 'revokeObject'>;
  messages: Messages;
  publicUrl: string;
  now: () => number;
};

/** One upload: the way to each destination and why, attempts, message ids, and its download link. */
export async function getShare(deps: SharesDeps, id: string, access: Access): Promise<ShareView> {
  const share = await find(deps.shares, id, access);
  const link = share.linkId === undefined ? undefined : await deps.links.get(share.linkId);
  const [seen = share] = await withOutcomes(deps.messages, [share]);
  return shareView(seen, link && { ...link, url: `${deps.publicUrl}/f/${link.id}` });
}

const PAGE = 25;

/** The uploads of a (UTC) day, newest first; `cursor` opens the next page. */
export async function listShares(
  { shares, messages, now }: SharesDeps,
  { day, limit = PAGE, cursor }: ListShares,
): Promise<ShareList> {
  const page = await shares.listDay(day ?? new Date(now()).toISOString().slice(0, 10), { cursor, limit });
  const seen = await withOutcomes(messages, page.shares);
  return { ...page, shares: seen.map((share) => shareView(share)) };
}

/** Revokes the download link of a share; its page says so from then on. */
export async function revokeLink(deps: SharesDeps, id: string, access: Access): Promise<void> {
  const { linkId, ...object } = await find(deps.shares, id, access);
  if (linkId === undefined) {
    const message = `share "${id}" has no download link: the file itself was sent`;
    throw new InvalidInput('shares.revoke', 'no_link', [{ path: 'id', code: 'no_link', message }]);
  }
  const at = new Date(deps.now()).toISOString();
  await deps.links.revokeObject(object, at);
  await deps.links.revoke(linkId, at);
}

async function find(shares: ShareStore, id: string, access: Access): Promise<Share> {
  const share = isIdOf('s', id) ? await shares.get(id) : undefined;
  if (share) {
    const { owner, targets } = share;
    requireRecord(access, { owner, destinations: targets.map(({ destination }) => destination) });
    return share;
  }
  const message = `no share has the id "${id}"; list them with GET /shares`;
  throw new InvalidInput('shares.get', 'unknown_share', [{ path: 'id', code: 'unknown_share', message }]);
}

function shareView({ targets, ...share }: Share, link?: object): ShareView {
  const seen = targets.map((target) => ({
    ...target,
    links: { messages: (target.messageIds ?? []).map((id) => `/messages/${id}`) },
  }));
  return v.parse(ShareView, { ...share, targets: seen, link, links: { self: `/shares/${share.id}` } });
}
