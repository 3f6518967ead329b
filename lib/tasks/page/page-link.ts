import { timingSafeEqual } from 'node:crypto';

/** What stands in a page's address beside the task: whose page it is, until which day (since 1970), and the proof. */
export type PageProof = { p?: string; e: string; s: string };

/** The same as it came, before anything of it is believed. */
export type Claim = { [name in keyof PageProof]?: string | undefined };

/** Who holds a page's link: the person it was made for, anybody whom the task was shown to, or nobody. */
export type PageHolder = { userId?: string } | 'foreign' | 'expired';

const DAY_MS = 24 * 3600_000;
/** DingTalk keeps the address of a to-do as it was, and lists finished ones for 180 days (callbacks.md §9.2, §9.4). */
const PERSON_DAYS = 180;
/** A link that only shows may stand in a message of long ago. */
const READER_DAYS = 400;

/**
 * Addresses of task pages, `/t/<taskId>?p=<userId>&e=<day>&s=<signature>`. Who has a link with a person acts as that
 * person; one without a person only shows the task. Person and last day are signed.
 */
export function createPageLinks(deps: {
  publicUrl: string;
  sign(purpose: string, text: string): string;
  now(): number;
}) {
  const sign = (taskId: string, day: string, userId?: string) =>
    deps.sign('task', JSON.stringify([taskId, day, ...(userId === undefined ? [] : [userId])]));

  return {
    /** @param madeAt epoch ms from which its days count: given when the same address has to come out twice. */
    pageUrl(taskId: string, userId?: string, madeAt = deps.now()): string {
      const days = userId === undefined ? READER_DAYS : PERSON_DAYS;
      const e = String(Math.floor(madeAt / DAY_MS) + days);
      const proof = { ...(userId !== undefined && { p: userId }), e, s: sign(taskId, e, userId) };
      return `${deps.publicUrl}/t/${encodeURIComponent(taskId)}?${new URLSearchParams(proof)}`;
    },

    /** Whose page this is. An old signature is told from a foreign one, so that its reader learns what to do. */
    holderOf(taskId: string, { p, e, s }: Claim): PageHolder {
      if (e === undefined || s === undefined || !equal(sign(taskId, e, p), s)) return 'foreign';
      if (Number(e) < Math.floor(deps.now() / DAY_MS)) return 'expired';
      return p === undefined ? {} : { userId: p };
    },
  };
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
