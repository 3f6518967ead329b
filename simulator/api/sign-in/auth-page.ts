import { Hono } from 'hono';
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { isOff, type RefusalId } from '../../world/refusals.ts';
import { corpsOf, issueCode, type Visitor, visitorByUnionId } from '../../world/sign-in.ts';
import type { State } from '../../world/state.ts';
import type { App } from '../../world/tenant.ts';
import { sameHost } from './client-codes.ts';

type Page = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What the address of the sign-in page says (identity.md §2.1). */
type Request = { app: App; redirectUri: string; scopes: string[]; state: string | null; corpId: string | null };

/**
 * GET /oauth2/auth: DingTalk's sign-in page in a browser (identity.md §2). The person is chosen, then the organisation
 * where the scope asks for it, then consent is given; each step is a POST, so that looking at the page decides nothing.
 */
export function authPages(state: State): Hono {
  const pages = new Hono();
  pages.on(['GET', 'POST'], '/oauth2/auth', async (c) => {
    const agent = c.req.header('user-agent') ?? '';
    // inside DingTalk on a phone the page is stuck (identity.md §0, fact 9)
    if (/DingTalk/i.test(agent) && /iPhone|iPad|Android|ArkWeb/i.test(agent))
      return show(page('加载中…', html`<p>…</p>`));
    const framed = ['iframe', 'frame', 'embed', 'object'].includes(c.req.header('sec-fetch-dest') ?? '');
    if (framed && !isOff(state, 'auth-page.framed')) return refuse('auth-page.framed', '不支持在 iframe 中登录');
    const request = await readRequest(state, new URL(c.req.url).searchParams);
    if (request instanceof Response) return request;
    if (c.req.method === 'GET') return show(choosePerson(state));
    const form = await c.req.parseBody();
    return step(state, request, Object.fromEntries(Object.entries(form).map(([key, value]) => [key, String(value)])));
  });
  return pages;
}

/** The wording of these pages is ours: none is recorded (identity.md §2.6). */
async function readRequest(state: State, query: URLSearchParams): Promise<Request | Response> {
  const off = (id: RefusalId) => isOff(state, id);
  const named = state.tenant.apps.find(({ appKey }) => appKey === query.get('client_id'));
  const app = named ?? (off('auth-page.client') ? state.tenant.apps[0] : undefined);
  if (!app) return refuse('auth-page.client', '应用不存在');
  if ((app.unpublished || app.noWebAbility) && !off('auth-page.unpublished'))
    return refuse('auth-page.unpublished', '应用未发布');
  const redirectUri = query.get('redirect_uri') ?? '';
  const literal = state.settings.signIn.redirectLiteral;
  const fits = (app.redirectUrls ?? []).some((each) => (literal ? each === redirectUri : sameHost(each, redirectUri)));
  const scopes = (query.get('scope') ?? '').split(' ').filter(Boolean);
  const faults: [RefusalId, boolean, string][] = [
    ['auth-page.redirect', !fits, 'redirect_uri未授权 (50001)'],
    ['auth-page.response-type', query.get('response_type') !== 'code', 'response_type'],
    ['auth-page.scope', !scopes.includes('openid'), 'scope'],
    // needed in practice (identity.md §0, fact 10)
    ['auth-page.prompt', query.get('prompt') !== 'consent', 'prompt'],
  ];
  for (const [id, wrong, words] of faults) if (wrong && !off(id)) return refuse(id, words);
  return { app, redirectUri, scopes, state: query.get('state'), corpId: query.get('corpId') };
}

async function step(state: State, request: Request, form: Record<string, string>): Promise<Response> {
  const visitor = visitorByUnionId(state, form.person ?? '');
  if (!visitor) return show(choosePerson(state));
  const corps = corpsOf(state, visitor);
  // whether DingTalk stops strangers at an internal app is not known (identity.md §8, doubt 7)
  if (!visitor.person && state.settings.signIn.outsidersStopped && !isOff(state, 'auth-page.outsider'))
    return refuse('auth-page.outsider', '你不在该组织中');
  const preselected = corps.find((corp) => corp === request.corpId);
  const corp = form.corp ?? preselected;
  const chooses = request.scopes.includes('corpid');
  if (chooses && (corp === undefined || !corps.includes(corp))) return show(chooseCorp(visitor, corps));
  if (form.decision === 'refuse') return back(request, { error: 'access_denied' });
  if (form.decision !== 'agree') return show(askConsent(request, visitor, chooses ? corp : undefined));
  const code = issueCode(state, {
    kind: 'oauth',
    appKey: request.app.appKey,
    unionId: visitor.unionId,
    ...(chooses && corp !== undefined ? { corpId: corp } : {}),
  });
  // both names, one value (identity.md §0, fact 2)
  return back(request, { authCode: code, code });
}

function back({ redirectUri, state }: Request, answer: Record<string, string>): Response {
  const target = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
  if (state !== null) target.searchParams.set('state', state);
  return new Response(null, { status: 302, headers: { location: String(target), 'cache-control': 'no-store' } });
}

function choosePerson(state: State): Page {
  const visitors = [...state.tenant.people, ...state.tenant.outsiders].flatMap(
    ({ unionId }) => visitorByUnionId(state, unionId) ?? [],
  );
  const choices = visitors.map(({ unionId, nick }) => html`<button name="person" value="${unionId}">${nick}</button>`);
  return page('登录钉钉', html`<form method="post">${choices}</form>`);
}

function chooseCorp({ unionId }: Visitor, corps: string[]): Page {
  const choices = corps.map((corp) => html`<button name="corp" value="${corp}">${corp}</button>`);
  const none = corps.length === 0 ? html`<p>没有可选择的组织</p>` : '';
  return page('选择组织', html`<form method="post">${kept({ person: unionId })}${choices}${none}</form>`);
}

function askConsent({ app, scopes }: Request, { unionId, nick }: Visitor, corp: string | undefined): Page {
  const facts = { person: unionId, ...(corp === undefined ? {} : { corp }) };
  const buttons = html`<button name="decision" value="agree">同意</button>
    <button name="decision" value="refuse">拒绝</button>`;
  return page(
    `${app.name} 申请获取`,
    html`<p>${nick} · ${scopes.join(', ')}</p><form method="post">${kept(facts)}${buttons}</form>`,
  );
}

function kept(facts: Record<string, string>): Page[] {
  return Object.entries(facts).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
}

function page(title: string, content: Page): Page {
  return html`<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8" /><meta name="viewport" content="width=device-width" /><title>${title}</title></head>
<body><main><h1>${title}</h1>${content}</main></body>
</html>`;
}

async function show(content: Page, status = 200, more: Record<string, string> = {}): Promise<Response> {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    ...more,
  };
  return new Response(String(await content), { status, headers });
}

function refuse(id: RefusalId, words: string): Promise<Response> {
  return show(page('无法登录', html`<p>${words}</p>`), 400, { 'x-simulator-refusal': id });
}
