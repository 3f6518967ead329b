import { createTokenTable } from '../aws/tables/token-table.ts';
import type { Config, dingtalkEnv } from '../base/config.ts';
import { type Fault, InvalidInput } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { oncePer } from '../base/once.ts';
import { createSeal } from '../base/seal.ts';
import { createDingTalk } from '../dingtalk/client.ts';
import { createTokenProvider } from '../dingtalk/token/access-token.ts';
import { createFetchToken } from '../dingtalk/token/token-source.ts';
import { createHttp, type Http } from '../dingtalk/transport/http.ts';
import { clock, dynamodb, randomId } from './clients.ts';
import { callMeter } from './meter.ts';
import type { Apps } from './secret.ts';

export type DingTalkConfig = Config<typeof dingtalkEnv>;

const pools = new Map<string, Http>();
/** HTTP to DingTalk: one pool of connections a container. */
export function dingtalkHttp({ proxy }: Pick<Apps, 'proxy'>): Http {
  return oncePer(pools, proxy ?? '', () => createHttp({ proxy }));
}

const apps = new WeakMap<Apps, ReturnType<typeof connectApps>>();
/**
 * DingTalk's API as each app of the secret; one token per app for all functions. A container reads one secret and one
 * configuration, so all that asks for the apps of a secret gets the same ones.
 */
export function dingtalkApps(config: DingTalkConfig, secret: Apps, log: Log) {
  return oncePer(apps, secret, () => connectApps(config, secret, log));
}

function connectApps(config: DingTalkConfig, secret: Apps, log: Log) {
  const http = dingtalkHttp(secret);
  const { count } = callMeter(config);
  const urls = { api: config.DINGTALK_API_URL, oapi: config.DINGTALK_OAPI_URL };
  const store = createTokenTable(dynamodb(config), config.TOKENS_TABLE);
  const clients = secret.apps.map((app) => {
    const source = app.tokenSource ?? 'accessToken';
    const tokens = createTokenProvider({
      key: `${app.corpId}/${app.appKey}/${source}`,
      store,
      fetchToken: createFetchToken({ http, app, urls, source, now: clock.now }),
      seal: createSeal(app.appSecret, 'access-token'),
      owner: randomId(),
      log,
      ...clock,
    });
    const { name, operatorUserId } = app;
    return { name, operatorUserId, ...createDingTalk({ app, http, count, tokens, urls, ...clock }) };
  });
  return (name?: string) => findApp(clients, name);
}

/** The app of that name; without a name, the first. */
export function findApp<A extends { name: string }>(apps: readonly A[], name: string | undefined): A {
  const app = name === undefined ? apps[0] : apps.find((candidate) => candidate.name === name);
  if (app) return app;
  throw new InvalidInput('apps.find', 'unknown_app', [unknownApp(apps, name)]);
}

function unknownApp(apps: readonly { name: string }[], name: string | undefined): Fault {
  const message = `no app is named "${name}"; the secret has ${apps.map((app) => app.name).join(', ')}`;
  return { path: 'app', code: 'unknown_app', message };
}

/** Finds out whether a destination's app is one of the secret's. */
export function appFaults({ apps }: Pick<Apps, 'apps'>) {
  return (name: string | undefined): Fault[] =>
    name === undefined || apps.some((app) => app.name === name) ? [] : [unknownApp(apps, name)];
}
