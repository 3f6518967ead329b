import * as v from 'valibot';
import { same } from '../base/hash.ts';
import type { Seal } from '../base/seal.ts';
import { cookieIn, type Headers, type Member, type Sessions } from '../base/visitor/session.ts';
import type { Departures } from '../base/visitor/visitor.ts';
import { memberOfAuthCode, memberOfCode, type Refused, type SignInApp } from './member.ts';

export type SignInDeps = {
  /** The app of that name; without a name the first. @throws InvalidInput `unknown_app` */
  app(name: string | undefined): SignInApp;
  sessions: Sessions;
  departures: Departures;
  /** Whether the stage lists them for the console: people of its first app's organisation. */
  isListed(userId: string): boolean;
  /** Notes that a state was used; false when it was before. */
  states: { spend(state: string): Promise<boolean> };
  /** Holds those who try from one address to a pace; answers when the next try is free (epoch ms). */
  tries: { take(address: string): Promise<{ granted: true } | { granted: false; retryAt: number }> };
  /** Seals what a browser keeps while its person is at DingTalk's page. */
  seal: Seal;
  publicUrl: string;
  /** Where DingTalk's sign-in page is. */
  loginUrl: string;
  now: () => number;
  random: () => string;
};

/**
 * Paths of pages, which alone one may come back to: no other site, and no address that does something. Of the console also
 * the view, such as `#/m/m_…`.
 */
const PAGE = /^\/(?:[a-z]\/[\w-]{3,100}|console)(?:\?[\w=&.~%+-]*)?$|^\/console(?:\?[\w=&.~%+-]*)?#\/[!-~]{0,1000}$/;
/** The page to come back to; undefined for any other text. */
export function pageIn(to: string | undefined): string | undefined {
  return to !== undefined && PAGE.test(to) ? to : undefined;
}

const STATE = '__Host-dingdock-state';
const STATE_S = 600;
const MARKS = 'Path=/; Secure; HttpOnly; SameSite=Lax';
const Kept = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictObject({ state: v.string(), to: v.string(), app: v.string(), until: v.number() }),
);

/** Signs in by an in-app code: the session's cookie, and its short twin for a page that gets no cookies. */
export async function signInByCode(deps: SignInDeps, app: SignInApp, code: string) {
  const member = await memberOfCode(app, code);
  return typeof member === 'string' ? member : deps.sessions.begin(member);
}

/**
 * The way to DingTalk's sign-in page. The state is bound to the browser by a cookie of its own, which keeps beside it where
 * to come back to; the address carries neither (identity.md §5, rule 1).
 */
export function beginOAuth(deps: SignInDeps, app: SignInApp, to: string) {
  const state = deps.random();
  const until = deps.now() + STATE_S * 1000;
  const kept = deps.seal.seal(JSON.stringify({ state, to, app: app.name, until }), 'state');
  const query = {
    redirect_uri: `${deps.publicUrl}/sign-in/callback`,
    response_type: 'code',
    client_id: app.appKey,
    scope: 'openid corpid',
    prompt: 'consent',
    corpId: app.corpId,
    state,
  };
  // a blank is %20 there (identity.md §2.1)
  const search = new URLSearchParams(query).toString().replaceAll('+', '%20');
  return { location: `${deps.loginUrl}?${search}`, cookie: `${STATE}=${kept}; Max-Age=${STATE_S}; ${MARKS}` };
}

/** Ends the trip to DingTalk's page, however it went. */
export const STATE_GONE = `${STATE}=; Max-Age=0; ${MARKS}`;

type Return = { headers: Headers; query: Record<string, string | undefined> };
/** Back from DingTalk's page: the session and where to go on, or why not; `app` where it is known which one. */
export type CameBack = { app?: SignInApp; to?: string } & (
  | { cookie: string }
  | { refused: Refused | 'foreign_state' | 'gave_up' }
);

/** Takes the return from DingTalk's page. A state is used once, also where the code is refused then. */
export async function endOAuth(deps: SignInDeps, { headers, query }: Return): Promise<CameBack> {
  const kept = keptIn(deps, headers);
  if (!kept || !same(kept.state, query.state ?? '') || !(await deps.states.spend(kept.state))) {
    return { refused: 'foreign_state' };
  }
  const app = deps.app(kept.app);
  const { to } = kept;
  // both names, one value (identity.md §0, fact 2)
  const code = query.code ?? query.authCode;
  if (code === undefined) return { app, to, refused: 'gave_up' };
  const member: Member | Refused = await memberOfAuthCode(app, code);
  return typeof member === 'string' ? { app, to, refused: member } : { app, to, ...deps.sessions.begin(member) };
}

function keptIn({ seal, now }: SignInDeps, headers: Headers): v.InferOutput<typeof Kept> | undefined {
  const sealed = cookieIn(headers, STATE);
  if (sealed === undefined) return undefined;
  try {
    const kept = v.safeParse(Kept, seal.open(sealed, 'state'));
    return kept.success && kept.output.until > now() ? kept.output : undefined;
  } catch {
    return undefined;
  }
}
