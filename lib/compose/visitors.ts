import { createHmac, randomBytes } from 'node:crypto';
import { createLimitTable } from '../aws/tables/limit-table.ts';
import { createVisitorTable } from '../aws/tables/visitors/visitor-table.ts';
import type { Config, consoleEnv, dingtalkEnv, ownKeysEnv, publicEnv, recordsEnv } from '../base/config.ts';
import { sha256 } from '../base/hash.ts';
import type { Log } from '../base/log.ts';
import { once } from '../base/once.ts';
import { createSeal } from '../base/seal.ts';
import { createSessions } from '../base/visitor/session.ts';
import type { SignInDeps } from '../sign-in/sign-in.ts';
import { dingtalkApps, findApp } from './apps.ts';
import { clock, dynamodb } from './clients.ts';
import { loadOwnKeys, type OwnKeys, type Secret } from './secret.ts';

/** So many tries from one address: a company's people may all have the same. */
const TRIES = { messages: 300, perMs: 60_000 };

/** What knowing who looks at a page takes. */
export function visitorPorts(config: Config<typeof recordsEnv>, { cookieKey: key }: Pick<OwnKeys, 'cookieKey'>) {
  const hash = (text: string) => createHmac('sha256', key).update(`visitor\n${text}`).digest('base64url');
  return {
    sessions: createSessions({ key, now: clock.now }),
    ...createVisitorTable(dynamodb(config), config.RECORDS_TABLE, { now: clock.now, hash }),
  };
}

/** What it takes to know people at the console, beside keys. */
export function consolePorts(config: Config<typeof ownKeysEnv & typeof consoleEnv>) {
  const sessions = once(async () => createSessions({ key: (await loadOwnKeys(config)).cookieKey, now: clock.now }));
  return {
    memberOf: async (token: string) => (await sessions()).readConsoleToken(token),
    operators: config.CONSOLE_OPERATORS,
    readers: config.CONSOLE_READERS,
  };
}

type SignInConfig = Config<typeof dingtalkEnv & typeof recordsEnv & typeof publicEnv & typeof consoleEnv>;

/** Whose people an app's are. */
export function corporations({ apps }: Pick<Secret, 'apps'>) {
  return { corpIdOf: (name: string) => apps.find((app) => app.name === name)?.corpId };
}

/** What signing people in takes, beside that. */
export function signInPorts(config: SignInConfig, secret: Secret, log: Log): SignInDeps {
  const appNamed = dingtalkApps(config, secret, log);
  const limits = createLimitTable(dynamodb(config), config.LIMITS_TABLE, clock.now, clock.random);
  return {
    ...visitorPorts(config, secret),
    app(name) {
      const { corpId, appKey, title, language, signIn = false, ...app } = findApp(secret.apps, name);
      const { signIn: codes, contacts } = appNamed(app.name);
      return { name: app.name, corpId, appKey, sender: title ?? app.name, language, signIn, codes, contacts };
    },
    isListed: (userId) => [...config.CONSOLE_OPERATORS, ...config.CONSOLE_READERS].includes(userId),
    tries: { take: (address) => limits.take([{ target: `sign-in#${sha256(address, 32)}`, pace: TRIES }]) },
    seal: createSeal(secret.cookieKey, 'sign-in'),
    publicUrl: config.PUBLIC_URL,
    loginUrl: loginUrlOf(config.DINGTALK_API_URL),
    now: clock.now,
    random: () => randomBytes(16).toString('base64url'),
  };
}

/** DingTalk's sign-in page is on a host beside the API's, in each of its editions (identity.md §2.1). */
function loginUrlOf(apiUrl: string): string {
  const url = new URL('/oauth2/auth', apiUrl);
  url.hostname = url.hostname.replace(/^api\.(dingtalk\.\w+)$/, 'login.$1');
  return url.href;
}
