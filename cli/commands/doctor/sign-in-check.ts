import { type Finding, good } from './causes.ts';
import type { Check } from './check.ts';

/**
 * Names what DingTalk's console has to know before people can sign in. No call tells what is entered there (identity.md §1.2),
 * so it is said each time.
 */
export const signIn: Check = {
  name: 'sign-in',
  async run({ target }): Promise<Finding[]> {
    const secret = await target.secret().catch(() => undefined); // told by the check of the apps
    const api = await target.api();
    const { origin } = new URL(api);
    const entries = `网页应用 (home page ${origin}), 安全设置: 重定向URL ${api}/sign-in/callback,${origin} and 端内免登地址 ${origin}`;
    return (secret?.apps ?? []).map((app) => {
      const check = `sign-in ${app.name}`;
      if (app.signIn) return good(check, `links ask who looks; the console of ${app.appKey} has to have: ${entries}`);
      return good(
        check,
        `links show their task to whoever has them; to ask who looks, enter in the console of ${app.appKey}: ${entries}; grant Contact.User.Read, publish, and add "signIn": true to the app in the secret`,
      );
    });
  },
};
