import type { Desk } from '../desk.ts';
import { app, HOUR, later, type Proof, proofs, settings } from './proof.ts';

export const CLIENT = { clientId: 'dingsimapp', clientSecret: 'dingsimsecret' };
export const PAGE = 'http://127.0.0.1:3000/t/1';
const CALLBACK = 'http://127.0.0.1:3000/sign-in/callback';
const QUERY = {
  client_id: 'dingsimapp',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid corpid',
  prompt: 'consent',
  state: 's-1',
};

export const authUrl = (here: Desk, change: Record<string, string> = {}) =>
  `${here.url}/oauth2/auth?${new URLSearchParams({ ...QUERY, ...change })}`;
export const authPage = (here: Desk, change: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(authUrl(here, change), { headers });
/** One step of the page: a form that a person sends. */
export const authForm = (here: Desk, form: Record<string, string>, change: Record<string, string> = {}) =>
  fetch(authUrl(here, change), { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });

/** Through all steps, to the code in the address that the browser goes back to. */
export async function oauthCode(here: Desk, person = 'union-lisi', scope = 'openid corpid', corp = 'dingsimcorp') {
  const answer = await authForm(here, { person, corp, decision: 'agree' }, { scope });
  return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

export const inAppCode = async (here: Desk, change: object = {}) => {
  const asked = { userId: 'lisi', corpId: 'dingsimcorp', clientId: 'dingsimapp', url: PAGE, ...change };
  return (await here.sim('POST', '/auth-code', asked)).code;
};
export const userInfo = (here: Desk, code: unknown) => here.old('POST', '/topapi/v2/user/getuserinfo', { code });
export const exchange = (here: Desk, change: object) =>
  here.call('POST', '/v1.0/oauth2/userAccessToken', { ...CLIENT, grantType: 'authorization_code', ...change });
export const userToken = async (here: Desk, person?: string) =>
  (await exchange(here, { code: await oauthCode(here, person) })).body.accessToken;
export const me = (here: Desk, token: string) =>
  here.call('GET', '/v1.0/contact/users/me', undefined, { 'x-acs-dingtalk-access-token': token });

const shown =
  (change: Record<string, string>, headers: Record<string, string> = {}): Proof =>
  async (here) =>
    (await authPage(here, change, headers)).status === 400;
const own = { redirectUrls: ['http://127.0.0.1'] };

export const signInProofs = {
  ...proofs({
    'sign-in.no-code': (here) => userInfo(here, undefined),
    'sign-in.code': async (here) => {
      const code = await inAppCode(here);
      await userInfo(here, code);
      return userInfo(here, code);
    },
    'sign-in.not-allowed': async (here) => {
      const code = await inAppCode(here);
      await app(here, { ...own, visibleUsers: ['zhangsan'] });
      return userInfo(here, code);
    },
    'oauth.credentials': (here) => exchange(here, { clientSecret: 'x' }),
    'oauth.code': async (here) => exchange(here, { code: await inAppCode(here) }),
    'oauth.grant-type': (here) => exchange(here, { grantType: 'password' }),
    'oauth.refresh-token': (here) => exchange(here, { grantType: 'refresh_token', refreshToken: 'x' }),
    'oauth.no-token': (here) => here.call('GET', '/v1.0/contact/users/me'),
    'oauth.app-token': async (here) => me(here, await here.token()),
    'oauth.token': (here) => me(here, 'x'),
    'oauth.token-expired': async (here) => {
      const token = await userToken(here);
      await later(here, 2 * HOUR);
      return me(here, token);
    },
    'oauth.scope': async (here) => {
      const token = await userToken(here);
      await app(here, { ...own, missingScopes: ['Contact.User.Read'] });
      return me(here, token);
    },
    'oauth.withdrawn': async (here) => {
      const token = await userToken(here);
      await here.sim('POST', '/consents/withdraw', { userId: 'lisi', clientId: 'dingsimapp' });
      return me(here, token);
    },
    'oauth.gone': async (here) => {
      await here.sim('POST', '/people', { userId: 'guest', unionId: 'union-guest' });
      const token = await userToken(here, 'union-guest');
      await here.sim('POST', '/people', { userId: 'guest', unionId: 'union-other' });
      return me(here, token);
    },
  }),
  'auth-page.framed': shown({}, { 'sec-fetch-dest': 'iframe' }),
  'auth-page.client': shown({ client_id: 'nobody' }),
  'auth-page.unpublished': (async (here, owner) => {
    await app(here, { ...own, unpublished: true });
    return shown({})(here, owner);
  }) satisfies Proof,
  'auth-page.redirect': shown({ redirect_uri: 'https://evil.example/' }),
  'auth-page.response-type': shown({ response_type: 'token' }),
  'auth-page.scope': shown({ scope: 'corpid' }),
  'auth-page.prompt': shown({ prompt: '' }),
  'auth-page.outsider': (async (here) => {
    await settings(here, { signIn: { outsidersStopped: true } });
    return (await authForm(here, { person: 'union-stranger', decision: 'agree' }, { scope: 'openid' })).status === 400;
  }) satisfies Proof,
};
