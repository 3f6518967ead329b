import type { Opened } from '../base/page-frame.ts';
import type { Headers } from '../base/visitor/session.ts';
import { hasLeft, isOwnPage } from '../base/visitor/visitor.ts';
import { cameBackPage, refusedPage, signInPage } from './page/sign-in-page.ts';
import { beginOAuth, endOAuth, pageIn, type SignInDeps, STATE_GONE, signInByCode } from './sign-in.ts';

type Query = Record<string, string | undefined>;
/** What the doors see of a request; `address` is where it comes from. */
type Request<B = unknown> = { headers: Headers; query: Query; body: B; address: string };
type Answer = { status: number; headers: Record<string, string>; body?: unknown; cookies?: string[] };

const NO_STORE = { 'cache-control': 'no-store' };

/** `GET /sign-in`: the page that finds out who looks. */
export async function openSignIn(
  deps: SignInDeps,
  { headers, query }: Pick<Request, 'headers' | 'query'>,
): Promise<Opened> {
  return signInPage(deps.app(query.app), { headers, query, publicUrl: deps.publicUrl });
}

/** `GET /sign-in/start`: the way to DingTalk's page. Keeps nothing, so it costs nothing to be asked in vain. */
export async function leaveFor(deps: SignInDeps, { query }: Pick<Request, 'query'>): Promise<Answer> {
  const app = deps.app(query.app);
  const to = pageIn(query.to);
  if (to === undefined || !app.signIn) return refusedPage(404, 'no_page');
  const { location, cookie } = beginOAuth(deps, app, to);
  return { status: 302, headers: { ...NO_STORE, location }, cookies: [cookie] };
}

/** `GET /sign-in/callback`: back from DingTalk's page, with its kind of code. */
export async function comeBack(deps: SignInDeps, request: Omit<Request, 'body'>): Promise<Answer> {
  const late = await tooFast(deps, request.address);
  if (late) return late;
  const back = await endOAuth(deps, request);
  const page = cameBackPage(back, { headers: request.headers, publicUrl: deps.publicUrl });
  return {
    ...page,
    cookies: ['cookie' in back ? back.cookie : undefined, STATE_GONE].filter((each) => each !== undefined),
  };
}

/**
 * `POST /sign-in/dingtalk`: a code of the client, from our own page only: else another site could sign its visitors in as
 * somebody. Says no more than whether it was taken, and tells outsiders apart, who need not try again.
 */
export async function takeCode(
  deps: SignInDeps,
  { headers, body, address }: Request<{ code: string; app?: string | undefined }>,
): Promise<Answer> {
  if (!isOwnPage(headers, deps.publicUrl)) return said(400, 'foreign_page');
  const app = deps.app(body.app);
  if (!app.signIn) return said(404, 'sign_in_off');
  const late = await tooFast(deps, address);
  if (late) return said(429, 'rate_exceeded');
  const begun = await signInByCode(deps, app, body.code);
  if (typeof begun === 'string') return said(begun === 'not_a_member' ? 403 : 400, begun);
  const { cookie, bearer } = begun;
  return { status: 200, headers: NO_STORE, body: { bearer }, cookies: [cookie] };
}

/**
 * `POST /sign-in/console`: a token for the API, for people whom the stage lists; nothing where nobody is signed in. From our own
 * page only, and good for ten minutes: who left is out then.
 */
export async function giveConsoleToken(deps: SignInDeps, { headers }: Pick<Request, 'headers'>): Promise<Answer> {
  if (!isOwnPage(headers, deps.publicUrl)) return said(400, 'foreign_page');
  const session = deps.sessions.read(headers);
  if (!session) return { status: 204, headers: NO_STORE };
  const isOurs = session.corpId === deps.app(undefined).corpId && deps.isListed(session.userId);
  if (!isOurs || (await hasLeft(deps, session, session.at))) return said(403, 'not_listed');
  return { status: 200, headers: NO_STORE, body: { bearer: deps.sessions.consoleToken(session) } };
}

/** `POST /sign-in/end`: ends the session in this browser. */
export async function signOut(deps: SignInDeps, { headers }: Pick<Request, 'headers'>): Promise<Answer> {
  if (!isOwnPage(headers, deps.publicUrl)) return said(400, 'foreign_page');
  return { status: 204, headers: NO_STORE, cookies: [deps.sessions.end()] };
}

function said(status: number, code: string): Answer {
  return { status, headers: NO_STORE, body: { code } };
}

async function tooFast(deps: SignInDeps, address: string): Promise<Opened | undefined> {
  const taken = await deps.tries.take(address);
  return taken.granted ? undefined : refusedPage(429, 'too_fast');
}

/** The page where a part of the way did not answer, or nothing was understood. */
export function sorryPage({ status }: { status: number }): Opened {
  return refusedPage(status, status < 500 ? 'no_page' : 'sorry');
}
