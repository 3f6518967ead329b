import * as v from 'valibot';
import { afterEach } from 'vitest';
import { DingTalkApp } from '../../../lib/dingtalk/app.ts';
import { createDingTalk } from '../../../lib/dingtalk/client.ts';
import { createHttp } from '../../../lib/dingtalk/transport/http.ts';
import { type Answer, type Call, type Server, startServer } from './server.ts';

const APP = {
  name: 'sim',
  corpId: 'dingsimcorp',
  appKey: 'dingsimapp',
  appSecret: 'dingsimsecret',
  agentId: 1000001,
  callbacks: [],
  cardSecrets: [],
};

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** DingTalk as the app `sim` sees it, over a server that answers so. */
export async function clientAgainst(answer: Answer | ((call: Call, count: number) => Answer), app: object = {}) {
  const server = await startServer((call, count) => (typeof answer === 'function' ? answer(call, count) : answer));
  servers.push(server);
  const dingtalk = createDingTalk({
    app: v.parse(DingTalkApp, { ...APP, ...app }),
    http: createHttp(),
    count: () => undefined,
    tokens: { get: async () => 'the-token', reject: async () => 'the-next-token' },
    urls: { api: server.url, oapi: server.url },
    now: () => 0,
    sleep: async () => {},
    random: () => 0,
  });
  return { dingtalk, calls: server.calls };
}
