import { InvalidInput } from '../../lib/errors.ts';
import type { Share, ShareStore } from '../../lib/files/share.ts';

/** What became of one upload. */
export async function getShare(shares: ShareStore, id: string): Promise<Share> {
  const share = await shares.get(id);
  if (share) return share;
  const fault = {
    path: 'id',
    code: 'unknown_share',
    message: `no share has the id "${id}"; list them with GET /shares`,
  };
  throw new InvalidInput('shares.get', 'unknown_share', [fault], 404);
}

/** What became of a (UTC) day's uploads, newest first; `cursor` opens the next page. */
export async function listShares(shares: ShareStore, day: string, cursor?: string) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) {
    const fault = { path: 'day', code: 'invalid_day', message: `"${day}" is no day; write it like 2026-01-31` };
    throw new InvalidInput('shares.list', 'invalid_day', [fault], 400);
  }
  return shares.listDay(day, cursor);
}
