import { canSee } from '../../gateway/app-access.ts';
import { newOk, newRefusal, oldOk, oldRefusal, Refusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, open, type Route } from '../../gateway/route.ts';
import { textIn } from '../../json.ts';
import type { UserToken } from '../../world/records.ts';
import { openIdOf, takeCode, visitorByUnionId } from '../../world/sign-in.ts';
import { rememberKey, type State } from '../../world/state.ts';
import type { App } from '../../world/tenant.ts';
import { appWith } from '../tokens.ts';

/** Who is looking at a page: codes into people (identity.md §1.8, §2.3, §2.4). */
export function signInRoutes(state: State): Route[] {
  return [
    guarded('POST', '/topapi/v2/user/getuserinfo', (call, app) => userInfo(state, call, app)),
    open('POST', '/v1.0/oauth2/userAccessToken', (call) => userToken(state, call)),
    open('GET', '/v1.0/contact/users/me', (call) => me(state, call)),
  ];
}

/** identity.md §1.8: flat errors; the code is spent by the attempt */
function userInfo(state: State, call: Call, app: App): Reply {
  const value = textIn(call.body, 'code');
  if (!value) throw oldRefusal('sign-in.no-code', 41026, '缺少参数 code');
  const code = takeCode(state, value, app, 'in-app');
  const person = code && visitorByUnionId(state, code.unionId)?.person;
  if (!code) throw oldRefusal('sign-in.code', 40078, '不存在的临时授权码');
  if (!person || !canSee(app, person.userId) || app.unpublished)
    throw oldRefusal('sign-in.not-allowed', 40079, '不存在的授权信息');
  const { userId: userid, unionId: unionid, name, sysLevel = 0 } = person;
  const device_id = state.chance.bytes(8).toString('hex');
  return oldOk({ result: { userid, unionid, name, device_id, sys: sysLevel > 0, sys_level: sysLevel } });
}

/** identity.md §2.3: camelCase only; corpId only where the person chose an organisation */
function userToken(state: State, call: Call): Reply {
  const { body } = call;
  const app = appWith(state, textIn(body, 'clientId'), textIn(body, 'clientSecret'));
  // an unpublished app's credentials do not work here
  if (!app || app.unpublished)
    throw newRefusal('oauth.credentials', 400, 'invalidClientIdOrSecret', '无效的clientId或者clientSecret');
  const { unionId, corpId } = grantOf(state, call, app);
  const now = state.clock.now();
  const accessToken = state.chance.bytes(16).toString('hex');
  const refreshToken = state.chance.bytes(16).toString('hex');
  const { tokenLifeSeconds, mostKept } = state.settings;
  const token = { appKey: app.appKey, unionId };
  rememberKey(state.userTokens, accessToken, { ...token, expiresAt: now + tokenLifeSeconds * 1000 }, mostKept);
  const corp = corpId === undefined ? {} : { corpId };
  rememberKey(state.refreshTokens, refreshToken, { ...token, ...corp, expiresAt: now + REFRESH_MS }, mostKept);
  state.consents.add(consentKey(token));
  return newOk({ accessToken, refreshToken, expireIn: tokenLifeSeconds, ...corp });
}

function grantOf(state: State, { body }: Call, app: App): { unionId: string; corpId?: string } {
  if (body.grantType === 'authorization_code') {
    const code = takeCode(state, textIn(body, 'code') ?? '', app, 'oauth');
    if (!code) throw newRefusal('oauth.code', 400, 'invalidParameter.authCode.notFound', '不合法的临时授权码');
    return code;
  }
  // the codes of what follows are ours, since none are documented
  if (body.grantType !== 'refresh_token')
    throw newRefusal('oauth.grant-type', 400, 'invalidParameter.param.invalid', 'grantType不合法');
  const value = textIn(body, 'refreshToken') ?? '';
  const found = state.refreshTokens.get(value);
  // a refresh ends the old one
  state.refreshTokens.delete(value);
  if (!found || found.appKey !== app.appKey || found.expiresAt <= state.clock.now())
    throw newRefusal('oauth.refresh-token', 400, 'invalidParameter.refreshToken.notFound', '不合法的refreshToken');
  return found;
}

/** identity.md §2.4: with the person's token; an app's has no right here */
function me(state: State, call: Call): Reply {
  const header = call.header('x-acs-dingtalk-access-token');
  if (!header)
    throw newRefusal(
      'oauth.no-token',
      400,
      'AuthenticationFailed.MissingParameter',
      'the header x-acs-dingtalk-access-token is missing',
    );
  const token = state.userTokens.get(header);
  if (!token && state.tokens.some(({ value }) => value === header)) throw withoutScope('oauth.app-token');
  if (!token) throw newRefusal('oauth.token', 400, 'InvalidAuthentication', '不合法的access_token');
  if (token.expiresAt <= state.clock.now())
    throw newRefusal('oauth.token-expired', 400, 'accesstoken.expired', 'access_token已过期');
  const app = state.tenant.apps.find(({ appKey }) => appKey === token.appKey);
  if (!app || app.missingScopes?.includes('Contact.User.Read')) throw withoutScope('oauth.scope');
  if (!state.consents.has(consentKey(token))) throw withoutScope('oauth.withdrawn');
  const visitor = visitorByUnionId(state, token.unionId);
  if (!visitor) throw newRefusal('oauth.gone', 404, 'invalidParameter.user.notFound', '用户不存在');
  const { nick, mobile, unionId, outsider } = visitor;
  const seesMobile = mobile !== '' && !app.missingScopes?.includes('Contact.User.mobile');
  return newOk({
    nick,
    unionId,
    openId: openIdOf(app, unionId),
    ...(seesMobile ? { mobile, stateCode: '86' } : {}),
    visitor: outsider?.visitor ?? false,
  });
}

export function consentKey({ appKey, unionId }: Pick<UserToken, 'appKey' | 'unionId'>): string {
  return `${appKey} ${unionId}`;
}

function withoutScope(id: 'oauth.app-token' | 'oauth.scope' | 'oauth.withdrawn'): Refusal {
  const code = 'Forbidden.AccessDenied.AccessTokenPermissionDenied';
  const { reply } = newRefusal(id, 403, code, '没有调用该接口的权限');
  const accessdenieddetail = { requiredScopes: ['Contact.User.Read'] };
  return new Refusal(id, { ...reply, body: { ...reply.body, accessdenieddetail } });
}

/** identity.md §2.3 */
const REFRESH_MS = 30 * 86_400_000;
