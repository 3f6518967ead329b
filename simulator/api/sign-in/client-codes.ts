import { issueCode, type Visitor } from '../../world/sign-in.ts';
import type { State } from '../../world/state.ts';
import type { App } from '../../world/tenant.ts';

export type ClientAnswer = { code: string } | { errorCode: string; errorMessage: string } | { silent: true };

/** What the client hands a page that asks who is looking (identity.md §1.1, §1.4). */
export function codeFor(
  state: State,
  { visitor, corpId, clientId, url }: { visitor: Visitor; corpId: string; clientId: string | undefined; url: string },
): ClientAnswer {
  const { client, hostErrorCode } = state.settings.signIn;
  if (client === 'silent') return { silent: true };
  if (client === 'cancels') return { errorCode: '-1', errorMessage: 'cancelled' };
  const host = URL.canParse(url) ? new URL(url).host : url;
  const app = state.tenant.apps.find((each) => (clientId === undefined || each.appKey === clientId) && owns(each, url));
  // the host in none of the three lists, a foreign corpId, or no web app: one answer for all (identity.md §1.4)
  if (!app || app.noWebAbility || corpId !== state.tenant.corpId)
    return { errorCode: hostErrorCode, errorMessage: `对应企业没有${host}域名微应用` };
  return { code: issueCode(state, { kind: 'in-app', appKey: app.appKey, unionId: visitor.unionId }) };
}

/** Home pages, redirect addresses and 端内免登地址 count alike; the match is by scheme and host (identity.md §1.2). */
function owns({ homePages = [], redirectUrls = [], ssoUrls = [] }: App, url: string): boolean {
  return [...homePages, ...redirectUrls, ...ssoUrls].some((each) => sameHost(each, url));
}

/** Port and path are free, at least on this machine (identity.md §2.2). */
export function sameHost(entered: string, url: string): boolean {
  if (!URL.canParse(entered) || !URL.canParse(url)) return false;
  const [a, b] = [new URL(entered), new URL(url)];
  return a.protocol === b.protocol && a.hostname === b.hostname;
}
