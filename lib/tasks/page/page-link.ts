import { timingSafeEqual } from 'node:crypto';

/** The query of a page's address: the person, the last valid day (since 1970), and the signature. */
export type PageProof = { p?: string; e: string; s: string };

/** The same before it is verified. */
export type Claim = { [name in keyof PageProof]?: string | undefined };

/**
 * Whose link it is: a person's, anyone's who was shown the task (no userId), or not valid: too old, cut (`broken`), or
 * another's.
 */
export type PageHolder = { userId?: string } | 'foreign' | 'broken' | 'expired';

/** The pages of records by the letter of their path, and what a signature of each is for. */
const PAGES = { t: 'task', a: 'approval' } as const;

const DAY_MS = 24 * 3600_000;
/** DingTalk keeps the address of a to-do unchanged, and lists finished to-dos for 180 days (callbacks.md §9.2, §9.4). */
const PERSON_DAYS = 180;
/** A link that only shows the task may be in an old message. */
const READER_DAYS = 400;

/**
 * Addresses of the pages of one kind of record, as `/t/<taskId>?p=<userId>&e=<day>&s=<signature>` for tasks. A link with a
 * person acts as that person; one without only shows the record. Person and last day are signed.
 */
export function createPageLinks(
  deps: { publicUrl: string; sign(purpose: string, text: string): string; now(): number },
  letter: keyof typeof PAGES = 't',
) {
  const sign = (taskId: string, day: string, userId?: string) =>
    deps.sign(PAGES[letter], JSON.stringify([taskId, day, ...(userId === undefined ? [] : [userId])]));

  return {
    /** @param madeAt epoch ms from which the days count; give it to get the same address twice. */
    pageUrl(taskId: string, userId?: string, madeAt = deps.now()): string {
      const days = userId === undefined ? READER_DAYS : PERSON_DAYS;
      const e = String(Math.floor(madeAt / DAY_MS) + days);
      const proof = { ...(userId !== undefined && { p: userId }), e, s: sign(taskId, e, userId) };
      return `${deps.publicUrl}/${letter}/${encodeURIComponent(taskId)}?${new URLSearchParams(proof)}`;
    },

    /** Whose link it is. Expired and forged links differ, so that their reader knows what to do. */
    holderOf(taskId: string, { p, e, s }: Claim): PageHolder {
      if (e === undefined || s === undefined) return 'broken';
      const whole = sign(taskId, e, p);
      if (!equal(whole, s)) return s.length < whole.length ? 'broken' : 'foreign';
      if (Number(e) < Math.floor(deps.now() / DAY_MS)) return 'expired';
      return p === undefined ? {} : { userId: p };
    },
  };
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
