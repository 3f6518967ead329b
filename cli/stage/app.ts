import { setTimeout as sleep } from 'node:timers/promises';
import type { DingTalkApp } from '../../lib/dingtalk/app.ts';
import { createDingTalk, type DingTalk } from '../../lib/dingtalk/client.ts';
import { createFetchToken } from '../../lib/dingtalk/token/token-source.ts';
import { createHttp } from '../../lib/dingtalk/transport/http.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../terminal.ts';
import type { Target } from './target.ts';

/** The app that a command is about: the first of the stage's where none is named. */
export function chooseApp(apps: readonly DingTalkApp[], name: string | undefined): DingTalkApp {
  const app = name === undefined ? apps[0] : apps.find((candidate) => candidate.name === name);
  if (app) return app;
  throw new UsageError(`no app is named "${name}"; there are ${apps.map((each) => each.name).join(', ')}`);
}

type Place = Pick<Target, 'dingtalkUrls'> & { meter: Pick<Target['meter'], 'count'> };

/** DingTalk as that app; its calls are counted as those of the functions. A command is short, so its token is fetched once and kept nowhere. */
export function dingtalkOf(app: DingTalkApp, { dingtalkUrls: urls, meter }: Place): DingTalk {
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
  const { count } = meter;
  const clock = { now: Date.now, sleep: (ms: number) => sleep(ms), random: Math.random };
  return createDingTalk({ app, http, count, tokens, urls, ...clock });
}

/** Writes the calls of a command among the month's. A stage that is not deployed yet has nowhere to count. */
export async function writeCounts(io: Pick<Io, 'say' | 'style'>, { meter }: Pick<Target, 'meter'>): Promise<void> {
  await meter.flush().catch((error: unknown) => {
    const why = error instanceof Error ? error.name : 'unknown';
    io.say(io.style.dim(`the calls of this command to DingTalk could not be counted (${why})`));
  });
}
