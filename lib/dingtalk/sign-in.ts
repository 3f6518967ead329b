import * as v from 'valibot';
import { ServiceError } from '../base/errors.ts';
import type { DingTalkApp } from './app.ts';
import { type CallDeps, type Caller, createCaller } from './transport/call.ts';

/** Codes into people. The two kinds of code look alike, and each is good for its own call only (identity.md §0, fact 1). */
export type SignIn = {
  /** An in-app code: good once, for five minutes (identity.md §1.8). */
  userOfCode(code: string): Promise<{ userId: string; unionId: string }>;
  /** A code of the sign-in page, and the organisation that the person chose there (identity.md §2.3, §2.4). */
  userOfAuthCode(code: string): Promise<{ unionId: string; corpId?: string | undefined }>;
};

const Text = v.pipe(v.string(), v.nonEmpty());
const InApp = v.pipe(
  v.object({ result: v.object({ userid: Text, unionid: Text }) }),
  v.transform(({ result }) => ({ userId: result.userid, unionId: result.unionid })),
);
const UserToken = v.object({ accessToken: Text, corpId: v.optional(Text) });
const Me = v.object({ unionId: Text });

/** @param deps what `call` is made of: the calls in the person's own name go by the same way, with another token */
export function createSignIn(call: Caller, app: DingTalkApp, deps: Omit<CallDeps, 'app'>): SignIn {
  const callWith = (token: string) => createCaller({ ...deps, app: app.name, tokens: fixed(token) });
  return {
    userOfCode: (code) =>
      call({
        operation: 'signIn.userOfCode',
        host: 'oapi',
        method: 'POST',
        path: '/topapi/v2/user/getuserinfo',
        body: { code },
        reply: InApp,
      }),

    // the person's token is used once, and kept nowhere
    async userOfAuthCode(code) {
      const { accessToken, corpId } = await call({
        operation: 'signIn.userToken',
        host: 'api',
        method: 'POST',
        path: '/v1.0/oauth2/userAccessToken',
        body: { clientId: app.appKey, clientSecret: app.appSecret, grantType: 'authorization_code', code },
        reply: UserToken,
      });
      const { unionId } = await callWith(accessToken)({
        operation: 'signIn.me',
        host: 'api',
        method: 'GET',
        path: '/v1.0/contact/users/me',
        reply: Me,
        repeatable: true,
      });
      return { unionId, corpId };
    },
  };
}

/** One token that nobody renews. */
function fixed(token: string): CallDeps['tokens'] {
  return {
    get: async () => token,
    reject: async () => {
      throw new ServiceError('signIn.me', { code: 'user_token_refused', retryable: false });
    },
  };
}
