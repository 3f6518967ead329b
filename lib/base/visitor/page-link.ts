import { defined } from '../defined.ts';
import { same } from '../hash.ts';
import { insideDingTalk } from './inside-dingtalk.ts';

/** The query of a personal link: the person, the last valid day (since 1970), and the signature. */
export type PageProof = { p?: string; e: string; s: string };

/** The same before it is verified. */
export type Claim = { [name in keyof PageProof]?: string | undefined };

/**
 * Whose link it is: a person's, anyone's who was shown the record (no userId), or not valid: too old, cut (`broken`), or
 * another's. `madeOn` is the day of its making, since 1970.
 */
export type PageHolder = { userId?: string; madeOn: number } | 'foreign' | 'broken' | 'expired';

const DAY_MS = 24 * 3600_000;
/** DingTalk keeps the address of a to-do unchanged, and lists finished to-dos for 180 days (callbacks.md §9.2, §9.4). */
const PERSON_DAYS = 180;
/** A link that only shows the record may be in an old message. */
const READER_DAYS = 400;

/** The pages of records by the letter of their path, and what a signature of each is for. */
const PAGES = { t: 'task', a: 'approval', i: 'incident' } as const;
export type PageLetter = keyof typeof PAGES;

/** A record, the app that its people know it by, and what was tapped on the way to its page. */
type Shown = { id: string; app?: string | undefined; choice?: string | undefined };

export type PageLinks = {
  /**
   * The address for a message, a to-do or a card, which opens within DingTalk. Of an app whose people sign in it names the
   * record only, and whoever opens it is asked who they are; else it is what `pageUrl` makes.
   */
  linkOf(record: Shown, userId?: string, madeAt?: number): string;
  /**
   * The address that acts as that person, `/t/<id>?p=<userId>&e=<day>&s=<signature>`. Without a person it only shows the
   * record; of an app whose people sign in it shows nothing before they did.
   * @param madeAt epoch ms from which the days count; give it to get the same address twice.
   */
  pageUrl(record: Shown, userId?: string, madeAt?: number): string;
  /** Whose link it is. Expired and forged links differ, so that their reader knows what to do. */
  holderOf(id: string, claim: Claim): PageHolder;
};

type LinkDeps = {
  publicUrl: string;
  sign(purpose: string, text: string): string;
  now(): number;
  /** Whether people of that app sign in; without it nobody does. */
  signsIn?: ((app: string | undefined) => boolean) | undefined;
};

/** Addresses of the pages of one kind of record. Person and last day are signed. */
export function createPageLinks(deps: LinkDeps, letter: PageLetter = 't'): PageLinks {
  const { signsIn = () => false, publicUrl } = deps;
  const sign = (id: string, day: string, userId?: string) =>
    deps.sign(PAGES[letter], JSON.stringify([id, day, ...(userId === undefined ? [] : [userId])]));
  const daysOf = (userId?: string) => (userId === undefined ? READER_DAYS : PERSON_DAYS);
  const address = (id: string, query: Record<string, string>) => {
    const search = new URLSearchParams(query).toString();
    return `${publicUrl}/${letter}/${encodeURIComponent(id)}${search === '' ? '' : `?${search}`}`;
  };
  // a whole record may be given: nothing else of it comes into the address
  const bare = ({ id, app, choice }: Shown) => address(id, defined({ app, choice }));

  function pageUrl(record: Shown, userId?: string, madeAt = deps.now()): string {
    if (userId === undefined && signsIn(record.app)) return bare(record);
    const e = String(Math.floor(madeAt / DAY_MS) + daysOf(userId));
    const { choice } = record;
    return address(record.id, defined({ p: userId, e, s: sign(record.id, e, userId), choice }));
  }

  return {
    pageUrl,

    linkOf: (record, userId, madeAt) =>
      insideDingTalk(signsIn(record.app) ? bare(record) : pageUrl(record, userId, madeAt)),

    holderOf(id, { p, e, s }) {
      if (e === undefined || s === undefined) return 'broken';
      const whole = sign(id, e, p);
      if (!same(whole, s)) return s.length < whole.length ? 'broken' : 'foreign';
      if (Number(e) < Math.floor(deps.now() / DAY_MS)) return 'expired';
      return { ...(p !== undefined && { userId: p }), madeOn: Number(e) - daysOf(p) };
    },
  };
}
