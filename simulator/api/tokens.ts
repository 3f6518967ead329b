import { timingSafeEqual } from 'node:crypto';
import { newOk, newRefusal, oldOk, oldRefusal } from '../gateway/envelope.ts';
import { type Call, open, type Route } from '../gateway/route.ts';
import { textIn } from '../json.ts';
import type { Token } from '../world/records.ts';
import type { State } from '../world/state.ts';
import type { App } from '../world/tenant.ts';

export function tokenRoutes(state: State): Route[] {
  return [
    // messaging.md §1.2
    open('POST', '/v1.0/oauth2/accessToken', (call) => {
      const app = appWith(state, textIn(call.body, 'appKey'), textIn(call.body, 'appSecret'));
      if (!app) throw newRefusal('token.credentials', 400, 'invalidClientIdOrSecret', '无效的clientId或者clientSecret');
      return newOk({ accessToken: issue(state, app, 'new'), expireIn: state.settings.tokenLifeSeconds });
    }),
    // messaging.md §1.3: snake_case here
    open('POST', '/v1.0/oauth2/:corpId/token', (call) => {
      if (textIn(call.body, 'grant_type') !== 'client_credentials')
        throw newRefusal('token.grant-type', 400, 'unsupported.grant.type', 'grant_type must be client_credentials');
      if (!call.params.corpId?.startsWith('ding'))
        throw newRefusal('token.corp-malformed', 500, 'unknownError', '系统繁忙');
      const app = appWith(state, textIn(call.body, 'client_id'), textIn(call.body, 'client_secret'));
      if (!app) throw newRefusal('token.client', 400, 'invalid.client', 'client_id or client_secret is wrong');
      if (call.params.corpId !== state.tenant.corpId)
        throw newRefusal('token.corp', 401, 'unauthorized.client', 'the app is not authorised in this corp');
      return newOk({ access_token: issue(state, app, 'new'), expires_in: state.settings.tokenLifeSeconds });
    }),
    // messaging.md §1.1: the credentials stand in the query, never in the body; errors are never wrapped in 88
    open('GET', '/gettoken', (call) => {
      const app = call.query.has('corpid') ? corpPair(state, call) : appPair(state, call);
      return oldOk({ access_token: issue(state, app, 'old'), expires_in: state.settings.tokenLifeSeconds });
    }),
  ];
}

/** An internal app that asks again inside the life gets the same token, renewed (messaging.md §1.5). */
function issue(state: State, app: App, generation: Token['generation']): string {
  const now = state.clock.now();
  const expiresAt = now + state.settings.tokenLifeSeconds * 1000;
  state.tokens = state.tokens.filter((token) => token.expiresAt > now);
  const live = state.tokens.find((token) => token.appKey === app.appKey && token.generation === generation);
  if (live) {
    live.expiresAt = expiresAt;
    return live.value;
  }
  const value = state.chance.bytes(16).toString('hex');
  state.tokens.push({ value, appKey: app.appKey, generation, expiresAt });
  return value;
}

function appPair(state: State, call: Call): App {
  const appKey = call.query.get('appkey');
  const appSecret = call.query.get('appsecret');
  if (!appKey) throw oldRefusal('gettoken.no-key', 40035, '缺少参数 corpid or appkey');
  if (!appSecret) throw oldRefusal('gettoken.no-secret', 40035, '缺少参数 corpsecret or appsecret');
  const app = appWith(state, appKey, appSecret);
  if (!app) throw oldRefusal('gettoken.wrong', 40096, '不合法的appKey或appSecret');
  return app;
}

function corpPair(state: State, call: Call): App {
  const { corpId, corpSecret, apps } = state.tenant;
  if (!call.query.get('corpsecret'))
    throw oldRefusal('gettoken.no-corp-secret', 40035, '缺少参数 corpsecret or appsecret');
  const right = same(call.query.get('corpid'), corpId) && same(call.query.get('corpsecret'), corpSecret);
  const [app] = apps;
  if (!right || !app) throw oldRefusal('gettoken.wrong-corp', 40089, '不合法的corpid或corpsecret');
  return app;
}

export function appWith(state: State, appKey: string | undefined, appSecret: string | undefined): App | undefined {
  return state.tenant.apps.find((app) => app.appKey === appKey && same(appSecret, app.appSecret));
}

function same(given: string | null | undefined, right: string): boolean {
  const a = Buffer.from(given ?? '');
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
