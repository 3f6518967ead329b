import { afterEach, expect, test } from 'vitest';
import type { TokenSource } from '../../../lib/dingtalk/app.ts';
import { createFetchToken } from '../../../lib/dingtalk/token/token-source.ts';
import { createHttp } from '../../../lib/dingtalk/transport/http.ts';
import { type Answer, type Server, startServer } from './server.ts';

const app = { appKey: 'the key', appSecret: 'the&secret', corpId: 'corp', corpSecret: 'corp secret' };
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function against(source: TokenSource, answer: Answer) {
  const server = await startServer(() => answer);
  servers.push(server);
  const urls = { api: server.url, oapi: server.url };
  return { server, fetchToken: createFetchToken({ http: createHttp(), app, urls, source, now: () => 1_000 }) };
}

test('asks the new host with a JSON body', async () => {
  const { server, fetchToken } = await against('accessToken', { body: { accessToken: 't', expireIn: 7200 } });
  expect(await fetchToken()).toEqual({ value: 't', expiresAt: 7_201_000 });
  const { method, path, json, headers } = server.calls[0]!;
  expect({ method, path, json }).toEqual({
    method: 'POST',
    path: '/v1.0/oauth2/accessToken',
    json: { appKey: 'the key', appSecret: 'the&secret' },
  });
  expect(headers['content-type']).toBe('application/json');
});

test.each([
  ['gettoken', { appkey: 'the key', appsecret: 'the&secret' }],
  ['gettoken-corp', { corpid: 'corp', corpsecret: 'corp secret' }],
] as const)('asks the old host with %s in the query', async (source, query) => {
  const body = { errcode: 0, errmsg: 'ok', access_token: 't', expires_in: 7200 };
  const { server, fetchToken } = await against(source, { body });
  expect(await fetchToken()).toEqual({ value: 't', expiresAt: 7_201_000 });
  expect(server.calls[0]).toMatchObject({ method: 'GET', path: '/gettoken', query });
});

test.each<[TokenSource, Answer, object]>([
  ['accessToken', { status: 400, body: { code: 'invalidClientIdOrSecret', message: 'no' } }, { class: 'credentials' }],
  ['gettoken', { body: { errcode: 40096, errmsg: '不合法的appKey或appSecret' } }, { class: 'credentials' }],
  ['gettoken-corp', { body: { errcode: 40089, errmsg: '不合法的corpid或corpsecret' } }, { class: 'credentials' }],
  ['gettoken', { body: { errcode: -1, errmsg: '系统繁忙' } }, { class: 'transient' }],
  ['accessToken', { body: '<html>' }, { code: 'ip_ban' }],
  ['accessToken', { body: { accessToken: '', expireIn: 7200 } }, { code: 'unreadable_answer' }],
  ['accessToken', { body: { accessToken: 't' } }, { code: 'unreadable_answer' }],
  ['accessToken', { body: { accessToken: 't', expireIn: 0 } }, { code: 'unreadable_answer' }],
  ['gettoken', { body: { access_token: 't', expires_in: 7200 } }, { code: 'unreadable_answer' }],
  ['accessToken', 'cut', { name: 'DingTalkUnreachable' }],
])('%s fails with what DingTalk said', async (source, answer, expected) => {
  const { fetchToken } = await against(source, answer);
  await expect(fetchToken()).rejects.toMatchObject(expected);
});

test('a failure tells no secret', async () => {
  const { fetchToken } = await against('gettoken', { body: { errcode: 40096, errmsg: 'bad appsecret the&secret' } });
  const error = await fetchToken().catch((reason: unknown) => reason);
  expect(JSON.stringify(error)).not.toContain('the&secret');
});
