import { afterEach, expect, test } from 'vitest';
import { createHttp } from '../../../lib/dingtalk/transport/http.ts';
import { createWebhook, signWebhook } from '../../../lib/dingtalk/webhook.ts';
import { type Answer, type Server, startServer } from './server.ts';

const ROBOT = { accessToken: 'simopsrobot', secret: 'SECsimopsrobot' };
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function against(answer: Answer) {
  const server = await startServer(() => answer);
  servers.push(server);
  let now = 1_700_000_000_000;
  const webhook = createWebhook({ http: createHttp(), count: () => undefined, oapiUrl: server.url, now: () => now++ });
  return { server, webhook };
}

// messaging.md §2.1
test.each([
  ['SECtest', 1_700_000_000_000, 'aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g%3D'],
  ['SECtest', 1_700_000_000_001, 'r4CWp%2FDz%2BNg0sbTjH1vB0Fr%2BuQ2fn831mssaN6%2FC05I%3D'],
  ['this is secret', 1_577_262_236_757, 'hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D'],
])('signs with %s at %i as the reference does', (secret, timestamp, encoded) => {
  expect(encodeURIComponent(signWebhook(secret, timestamp))).toBe(encoded);
});

test('signs each message anew and encodes the signature once', async () => {
  const { server, webhook } = await against({ body: { errcode: 0, errmsg: 'ok' } });
  const body = { msgtype: 'text', text: { content: '你好' }, msgUuid: 'u1' };
  await webhook.send({ accessToken: 'W', secret: 'SECtest' }, body);
  await webhook.send({ accessToken: 'W', secret: 'SECtest' }, body);
  expect(server.calls.map(({ path, query, json }) => ({ path, query, json }))).toEqual([
    {
      path: '/robot/send',
      query: { access_token: 'W', timestamp: '1700000000000', sign: 'aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g=' },
      json: body,
    },
    {
      path: '/robot/send',
      query: { access_token: 'W', timestamp: '1700000000001', sign: 'r4CWp/Dz+Ng0sbTjH1vB0Fr+uQ2fn831mssaN6/C05I=' },
      json: body,
    },
  ]);
  expect(server.calls[0]?.headers['content-type']).toContain('application/json');
});

test('sends unsigned to a robot without a secret', async () => {
  const { server, webhook } = await against({ body: { errcode: '0', errmsg: 'ok' } });
  await webhook.send({ accessToken: 'W' }, { msgtype: 'text' });
  expect(server.calls[0]?.query).toEqual({ access_token: 'W' });
});

test.each<[string, Answer, object]>([
  ['too fast', { body: { errcode: 660026, errmsg: 'sending too many messages per minute' } }, { class: 'rate' }],
  ['no keyword', { body: { errcode: 310000, errmsg: 'keywords not in content' } }, { code: '310000.keyword' }],
  ['no robot', { body: { errcode: 300005, errmsg: 'token is not exist' } }, { class: 'gone' }],
  ['busy', { body: { errcode: -1, errmsg: '系统繁忙' } }, { class: 'transient' }],
  ['a ban', { body: '<html></html>' }, { code: 'ip_ban' }],
  ['nothing readable', { body: 'ok' }, { code: 'unreadable_answer', class: 'unknown' }],
  ['a 502', { status: 502, body: '<html></html>' }, { code: 'http_502', class: 'unknown' }],
  ['no answer', 'cut', { name: 'DingTalkUnreachable', arrived: 'maybe' }],
])('%s is told to the caller, and the message is sent once', async (_, answer, expected) => {
  const { server, webhook } = await against(answer);
  await expect(webhook.send(ROBOT, { msgtype: 'text' })).rejects.toMatchObject(expected);
  expect(server.calls).toHaveLength(1);
});

test('neither the token nor the secret gets into a failure', async () => {
  for (const answer of [
    'cut',
    { body: { errcode: 300005, errmsg: 'token simopsrobot SECsimopsrobot is not exist' } },
  ] as Answer[]) {
    const { webhook } = await against(answer);
    const error = await webhook.send(ROBOT, {}).catch((reason: unknown) => reason);
    const told = JSON.stringify(error) + (error as Error).stack + String((error as Error).cause);
    expect(told).not.toMatch(/simopsrobot/);
  }
});
