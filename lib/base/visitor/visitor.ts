import { onlyLooks } from './inside-dingtalk.ts';
import type { PageHolder } from './page-link.ts';
import { bearerIn, type Headers, type Member, type Session, type Sessions } from './session.ts';

/** When people left their organisation, as DingTalk's events told (epoch ms). */
export type Departures = { leftAt(member: Member): Promise<number | undefined> };

export type VisitorDeps = { sessions: Pick<Sessions, 'read' | 'guardOf' | 'isGuarded'>; departures: Departures };

/** A request for a page, and what is known of its record before anything of it is shown. */
export type Visit = {
  method: 'GET' | 'POST';
  headers: Headers;
  /** Of the address or of the form, not verified yet. */
  fields: Record<string, string | undefined>;
  id: string;
  /** The organisation of the record's people; undefined where there is no such record. */
  corpId: string | undefined;
  /** Whose link it is; undefined where the address has no proof in it. */
  holder: PageHolder | undefined;
};

/** Somebody who may see the record: by name, or as anybody who was shown it. */
export type Visitor = {
  userId?: string;
  by: 'session' | 'link';
  /** Goes with each address of the page, and with its forms. */
  address: Record<string, string>;
  form: Record<string, string>;
};

/**
 * Nobody known: `nobody` has to sign in, `elsewhere` did so in another organisation, `preview` is no person, `unguarded` is a form that another page sent, `left` is no
 * longer of the organisation; the others are links that are not valid.
 */
export type Stranger = 'nobody' | 'elsewhere' | 'preview' | 'unguarded' | 'left' | 'foreign' | 'broken' | 'expired';

const DAY_MS = 24 * 3600_000;

/**
 * Who looks at a page: by session, else by personal link, in this order (identity.md §6). One function for the pages of all
 * records; a form counts for a session only if it brings the guard of its record.
 */
export async function whoLooks(deps: VisitorDeps, visit: Visit): Promise<Visitor | Stranger> {
  const { headers, holder } = visit;
  const session = deps.sessions.read(headers);
  const own = session !== undefined && session.corpId === visit.corpId ? session : undefined;
  if (own && !(await hasLeft(deps, own, own.at))) {
    const guarded = visit.method === 'GET' || isFromOwnPage(deps, own, visit);
    if (guarded)
      return { userId: own.userId, by: 'session', address: {}, form: { guard: deps.sessions.guardOf(own, visit.id) } };
    if (holder === undefined) return 'unguarded';
  }
  if (holder !== undefined) return byLink(deps, visit, holder);
  if (onlyLooks(headers)) return 'preview';
  if (own) return 'left';
  return session ? 'elsewhere' : 'nobody';
}

async function byLink(deps: VisitorDeps, { corpId, fields }: Visit, holder: PageHolder): Promise<Visitor | Stranger> {
  if (typeof holder === 'string') return holder;
  const { userId, madeOn } = holder;
  const left =
    userId !== undefined && corpId !== undefined && (await hasLeft(deps, { corpId, userId }, madeOn * DAY_MS));
  if (left) return 'left';
  const { p, e = '', s = '' } = fields;
  const proof = { ...(p !== undefined && { p }), e, s };
  return { ...(userId !== undefined && { userId }), by: 'link', address: proof, form: proof };
}

/** Whether the person left after that moment: who comes back signs in anew. */
export async function hasLeft(
  { departures }: Pick<VisitorDeps, 'departures'>,
  member: Member,
  since: number,
): Promise<boolean> {
  const leftAt = await departures.leftAt(member);
  return leftAt !== undefined && leftAt >= since;
}

/** Browsers that say where a form comes from say so truly; for the others the guard alone has to do. */
function isFromOwnPage({ sessions }: VisitorDeps, session: Session, { headers, fields, id }: Visit): boolean {
  return (
    (headers['sec-fetch-site'] ?? 'same-origin') === 'same-origin' && sessions.isGuarded(session, id, fields.guard)
  );
}

/** Whether the browser says that a page of this very site sent the request; older ones only say of which host it is. */
export function isOwnPage({ 'sec-fetch-site': from, origin = '', host }: Headers, publicUrl: string): boolean {
  if (from !== undefined) return from === 'same-origin';
  return URL.canParse(origin) && [host, new URL(publicUrl).host].includes(new URL(origin).host);
}

/** Where a person is asked who they are, before the page; a page that has a session of its own asks itself. */
export function askWho(path: string, { headers, fields }: Pick<Visit, 'headers' | 'fields'>) {
  if (bearerIn(headers) !== undefined) return undefined;
  return { status: 303, headers: { location: signInAddress(path, fields), 'cache-control': 'no-store' } };
}

/** The address that asks who looks, and then comes back to that page. */
export function signInAddress(path: string, { app, choice, lang }: Visit['fields']): string {
  return `../sign-in${query({ to: `${path}${query({ app, choice, lang })}`, app })}`;
}

function query(fields: Record<string, string | undefined>): string {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
