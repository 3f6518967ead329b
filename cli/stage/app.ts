import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { DingTalkApp } from '../../lib/dingtalk/app.ts';
import { createDingTalk, type DingTalk } from '../../lib/dingtalk/client.ts';
import { createFetchToken } from '../../lib/dingtalk/token/token-source.ts';
import { createHttp } from '../../lib/dingtalk/transport/http.ts';
import { secretOf } from '../../stage/local-secret.ts';
import { UsageError } from '../usage.ts';

type Env = Record<string, string | undefined>;
const Apps = v.pipe(v.string(), v.parseJson(), v.object({ apps: v.array(DingTalkApp) }));

/** The app that a command is about, and whether it is the simulator's. */
export function chooseApp(env: Env, name: string | undefined): { app: DingTalkApp; simulated: boolean } {
  const { apps } = v.parse(Apps, secretOf(env.DINGTALK_APPS || undefined));
  const app = name === undefined ? apps[0] : apps.find((candidate) => candidate.name === name);
  if (app) return { app, simulated: !env.DINGTALK_APPS };
  throw new UsageError(`no app is named "${name}"; there are ${apps.map((each) => each.name).join(', ')}`);
}

/** DingTalk as that app; a command is short, so its token is fetched once and kept nowhere. */
export function dingtalkOf(app: DingTalkApp, urls: { api: string; oapi: string }): DingTalk {
  const http = createHttp();
  const fetchToken = createFetchToken({ http, app, urls, source: app.tokenSource ?? 'accessToken', now: Date.now });
  let token: Promise<string> | undefined;
  const fetched = () => fetchToken().then(({ value }) => value);
  const tokens = {
    get: () => {
      token ??= fetched();
      return token;
    },
    reject: () => {
      token = fetched();
      return token;
    },
  };
  const clock = { now: Date.now, sleep: (ms: number) => sleep(ms), random: Math.random };
  return createDingTalk({ app, http, tokens, urls, ...clock });
}
