import * as v from 'valibot';
import { afterEach, describe, expect, test } from 'vitest';
import { DingTalkRefusal, DingTalkUnreachable } from '../../../lib/base/dingtalk-errors.ts';
import { ServiceError } from '../../../lib/base/errors.ts';
import type { TokenProvider } from '../../../lib/dingtalk/token/access-token.ts';
import { type Call, createCaller } from '../../../lib/dingtalk/transport/call.ts';
import type { Billed } from '../../../lib/dingtalk/transport/exchange.ts';
import { createHttp, type Http } from '../../../lib/dingtalk/transport/http.ts';
import { type Answer, type Server, startServer } from './server.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const Reply = v.object({ id: v.string() });
const SEND = {
  operation: 'test.send',
  host: 'api',
  method: 'POST',
  path: '/v1.0/x',
  body: { a: 1 },
  reply: Reply,
} as const;
const READ = { ...SEND, operation: 'test.read', repeatable: true } as const;
const OLD = { ...READ, host: 'oapi', path: '/topapi/x' } as const;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A caller against a server that gives these answers in turn, the last one for ever. */
async function against(answers: Answer[], deps: { tokens?: TokenProvider; http?: Http; now?: () => number } = {}) {
  const server = await startServer((_, count) => answers[Math.min(count, answers.length) - 1] ?? 'cut');
  servers.push(server);
  const tokens: string[] = [];
  const pauses: number[] = [];
  const counted: Billed[] = [];
  let now = 0;
  const call = createCaller({
    http: createHttp(),
    app: 'default',
    count: (billed) => void counted.push(billed),
    tokens: {
      get: async () => tokens.at(-1) ?? TOKEN,
      reject: async (value) => {
        tokens.push(`after ${value}`);
        return `after ${value}`;
      },
    },
    urls: { api: server.url, oapi: `${server.url}/` },
    now: () => now,
    sleep: async (ms) => {
      pauses.push(ms);
      now += ms;
    },
    random: () => 0.5,
    ...deps,
  });
  const failure = async (request: Call<typeof Reply>) => {
    const error = await call(request).then(
      () => undefined,
      (reason) => reason,
    );
    if (!(error instanceof ServiceError)) throw new Error(`no failure, but ${error}`, { cause: error });
    return error;
  };
  return { call, failure, server, pauses, counted };
}

const good = { body: { id: '7' } };
const oldGood = { body: { errcode: 0, errmsg: 'ok', id: '7' } };

describe('the request', () => {
  test('carries the token in a header on the new host, and its body as JSON', async () => {
    const { call, server } = await against([good]);
    expect(await call({ ...SEND, query: { operatorId: 'a&b', left: undefined } })).toEqual({ id: '7' });
    const { path, query, headers, json } = server.calls[0]!;
    expect({ path, query, json }).toEqual({ path: '/v1.0/x', query: { operatorId: 'a&b' }, json: { a: 1 } });
    expect(headers['x-acs-dingtalk-access-token']).toBe(TOKEN);
    expect(headers['content-type']).toContain('application/json');
  });

  test('carries the token in the query on the old host', async () => {
    const { call, server } = await against([oldGood]);
    expect(await call(OLD)).toEqual({ id: '7' });
    expect(server.calls[0]).toMatchObject({ path: '/topapi/x', query: { access_token: TOKEN } });
    expect(server.calls[0]?.headers['x-acs-dingtalk-access-token']).toBeUndefined();
  });
});

describe('the count of calls', () => {
  const THROTTLED = { body: { errcode: 90018, errmsg: '超过频率' } };
  test.each<[string, Call<typeof Reply>, Answer[], boolean[]]>([
    ['a good answer', SEND, [good], [true]],
    ['a refusal', SEND, [{ status: 400, body: { code: 'invalid', message: 'no' } }], [true]],
    ['what was throttled, and what came after it', OLD, [THROTTLED, oldGood], [true]],
    ['a call that may have arrived, and its repeat', READ, ['cut', good], [false, true]],
    ['a look-up of a person', { ...OLD, path: '/topapi/v2/user/get' }, [oldGood], []],
  ])('of %s', async (_, request, answers, expected) => {
    const { call, counted } = await against(answers);
    await call(request).catch(() => undefined);
    const { operation: act } = request;
    expect(counted).toEqual(expected.map((answered) => ({ app: 'default', kind: 'api', act, answered })));
  });

  test('leaves out what found no server', async () => {
    const { call, counted, server } = await against([good]);
    await server.close();
    await expect(call(SEND)).rejects.toThrow();
    expect(counted).toEqual([]);
  });
});

describe('an answer', () => {
  test.each<[string, 'api' | 'oapi', Answer, object]>([
    [
      'errcode under HTTP 200',
      'oapi',
      { body: { errcode: 40035, errmsg: '缺少参数' } },
      { code: '40035', class: 'argument', description: '缺少参数', status: 200 },
    ],
    [
      'a code inside 88',
      'oapi',
      {
        body: {
          errcode: 88,
          sub_code: '60020',
          sub_msg: '访问ip不在白名单之中',
          errmsg: 'ding talk error[…]',
          request_id: 'r1',
        },
      },
      { code: '60020', class: 'ip', requestId: 'r1', description: '访问ip不在白名单之中' },
    ],
    [
      'a code that only the text under 88 names',
      'oapi',
      { body: { errcode: '88', errmsg: 'ding talk error[subcode=50002,submsg=不在范围]' } },
      { code: '50002', class: 'permission' },
    ],
    ['88 without any code', 'oapi', { body: { errcode: 88, errmsg: 'oops' } }, { code: '88', class: 'argument' }],
    [
      'missing scopes in the text',
      'oapi',
      { body: { errcode: 88, sub_code: '60011', sub_msg: '没有权限,requiredScopes=[qyapi_get_member, x]' } },
      { class: 'permission', remedy: expect.stringContaining('qyapi_get_member, x') },
    ],
    [
      'code and message under HTTP 400',
      'api',
      { status: 400, body: { code: 'invalidParameter.msgKey.invalid', message: 'msgKey', requestid: 'R2' } },
      { code: 'invalidParameter.msgKey.invalid', class: 'argument', requestId: 'R2' },
    ],
    [
      'capital spellings',
      'api',
      { status: 400, body: { Code: 'bot.stopped', Message: 'm', RequestId: 'R3' } },
      { code: 'bot.stopped', class: 'gone', requestId: 'R3' },
    ],
    [
      'a request id in a header',
      'api',
      { status: 400, headers: { 'x-acs-request-id': 'R4' }, body: { code: 'bot.stopped' } },
      { requestId: 'R4' },
    ],
    [
      'a throttle under HTTP 403',
      'api',
      { status: 403, body: { code: 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', message: 'slow' } },
      { class: 'rate', waitMs: 1_000 },
    ],
    [
      'missing scopes',
      'api',
      {
        status: 403,
        body: {
          code: 'Forbidden.AccessDenied.AccessTokenPermissionDenied',
          message: 'm',
          accessdenieddetail: { requiredScopes: ['Todo.Todo.Write'] },
        },
      },
      { class: 'permission', remedy: expect.stringContaining('Todo.Todo.Write') },
    ],
    [
      'errcode in a 2xx of the new host',
      'api',
      { body: { errcode: 404, errmsg: '请求的URI地址不存在' } },
      { code: '404', class: 'argument' },
    ],
    [
      'an HTML page',
      'api',
      { body: '<!DOCTYPE html><title>x5</title>' },
      { code: 'ip_ban', class: 'rate', waitMs: 300_000 },
    ],
    [
      'a ban in JSON',
      'oapi',
      { body: { status: 1111, wait: 5, source: 'x5', punish: 'deny', uuid: 'u' } },
      { code: 'ip_ban', class: 'rate', waitMs: 300_000 },
    ],
    [
      "a throttle with the ban's fields",
      'oapi',
      { body: { errcode: 130101, errmsg: 'send too fast', status: 1111, wait: 5, punish: 'deny' } },
      { code: '130101', class: 'rate' },
    ],
    [
      'a gateway page',
      'api',
      { status: 502, body: '<html>Bad Gateway</html>' },
      { code: 'http_502', class: 'unknown' },
    ],
    [
      'a ban page under HTTP 503',
      'api',
      { status: 503, body: '<html>/_____tmd_____/punish?x5secdata=1</html>' },
      { code: 'ip_ban' },
    ],
    ['an empty HTTP 403', 'api', { status: 403, body: '' }, { code: 'http_403', class: 'permission' }],
    ['a text under HTTP 503', 'api', { status: 503, body: 'no upstream' }, { code: 'http_503', class: 'unknown' }],
    [
      'an unknown code under HTTP 500',
      'api',
      { status: 500, body: { code: 'brand.new', message: 'm' } },
      { code: 'brand.new', class: 'unknown' },
    ],
    ['no JSON under HTTP 200', 'api', { body: 'ok' }, { code: 'unreadable_answer', class: 'unknown' }],
    ['a list under HTTP 200', 'api', { body: [1] }, { code: 'unreadable_answer' }],
    ['no errcode on the old host', 'oapi', { body: { id: '7' } }, { code: 'unreadable_answer' }],
    [
      'a reply without what it should have',
      'api',
      { body: { id: 7 } },
      { code: 'unreadable_answer', class: 'unknown', status: 200 },
    ],
  ])('with %s is read', async (_, host, answer, expected) => {
    const { failure, server } = await against([answer]);
    expect(await failure({ ...SEND, host })).toMatchObject({
      name: 'DingTalkRefusal',
      operation: 'test.send',
      ...expected,
    });
    expect(server.calls).toHaveLength(1);
  });

  test('with errcode "0" as a text is good', async () => {
    const { call } = await against([{ body: { errcode: '0', errmsg: 'ok', id: '7' } }]);
    expect(await call(OLD)).toEqual({ id: '7' });
  });

  test('never leaves the token in the failure', async () => {
    const { failure } = await against([{ body: { errcode: 40035, errmsg: `url ?access_token=${TOKEN} or ${TOKEN}` } }]);
    const error = await failure({ ...OLD, repeatable: false });
    expect(JSON.stringify(error) + error.stack + String(error.cause)).not.toContain(TOKEN);
  });
});

describe('a refused token', () => {
  const refused = { status: 400, body: { code: 'InvalidAuthentication', message: '不合法的access_token' } };
  const oldRefused = { body: { errcode: 88, sub_code: '40014', sub_msg: '不合法的access_token' } };

  test.each<['api' | 'oapi', Answer, Answer]>([
    ['api', refused, good],
    ['oapi', oldRefused, oldGood],
    ['oapi', { body: { errcode: 42001, errmsg: 'access_token超时' } }, oldGood],
  ])('is replaced and the call made once more, a send too (%s)', async (host, first, second) => {
    const { call, server } = await against([first, second]);
    expect(await call({ ...SEND, host })).toEqual({ id: '7' });
    const sent = server.calls.map(({ headers, query }) => query.access_token ?? headers['x-acs-dingtalk-access-token']);
    expect(sent).toEqual([TOKEN, `after ${TOKEN}`]);
  });

  test('is replaced once only', async () => {
    const { failure, server } = await against([refused]);
    expect(await failure(READ)).toMatchObject({ code: 'InvalidAuthentication', class: 'token', retryable: false });
    expect(server.calls).toHaveLength(2);
  });

  test('that is refused when new means something else where the reference says so', async () => {
    const { failure } = await against([{ body: { errcode: 40001, errmsg: 'invalid' } }]);
    expect(await failure(OLD)).toMatchObject({ code: '40001', class: 'credentials' });
  });
});

describe('repeating', () => {
  const busy = { status: 500, body: { code: 'system.error', message: 'busy' } };

  test('a read goes up to three times, with growing pauses, each with chance in it', async () => {
    const { call, server, pauses } = await against([busy, 'cut', good]);
    expect(await call(READ)).toEqual({ id: '7' });
    expect(server.calls).toHaveLength(3);
    expect(pauses).toEqual([200, 400]);
  });

  test('a read gives up after three', async () => {
    const { failure, server } = await against([busy]);
    expect(await failure(READ)).toMatchObject({ code: 'system.error', class: 'transient' });
    expect(server.calls).toHaveLength(3);
  });

  test('a throttled read waits as long as it was told', async () => {
    const { call, pauses } = await against([{ body: { errcode: 90018, errmsg: 'qps' } }, oldGood]);
    expect(await call(OLD)).toEqual({ id: '7' });
    expect(pauses).toEqual([1_200]);
  });

  test('nobody waits beyond the deadline, nor for a quota', async () => {
    const banned = await against([{ body: '<html>' }]);
    expect(await banned.failure(READ)).toMatchObject({ code: 'ip_ban' });
    const quota = await against([{ body: { errcode: 90020, errmsg: 'month' } }]);
    expect(await quota.failure(OLD)).toMatchObject({ code: '90020' });
    const short = await against([busy]);
    expect(await short.failure({ ...READ, overallMs: 1_100 })).toMatchObject({ code: 'system.error' });
    expect([banned, quota, short].map(({ server, pauses }) => [server.calls.length, pauses.length])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
  });

  test.each<[string, Answer, object]>([
    ['was refused by a busy system', busy, { code: 'system.error', class: 'unknown' }],
    ['was throttled', { status: 400, body: { code: 'send.too.fast' } }, { code: 'send.too.fast', class: 'rate' }],
    ['got no answer', 'cut', { name: 'DingTalkUnreachable', arrived: 'maybe' }],
    ['has an unknown result', { status: 400, body: { code: 'unknown.send.result' } }, { class: 'unknown' }],
    ['got an answer that cannot be read', { body: 'ok' }, { code: 'unreadable_answer' }],
    ['got a busy answer of the old host', { body: { errcode: -1, errmsg: '系统繁忙' } }, { class: 'transient' }],
  ])('a send is not repeated when it %s', async (_, answer, expected) => {
    const { failure, server, pauses } = await against([answer]);
    expect(await failure(SEND)).toMatchObject(expected);
    expect([server.calls.length, pauses.length]).toEqual([1, 0]);
  });

  test('a send that certainly did not arrive goes again', async () => {
    const real = createHttp();
    let tries = 0;
    const http: Http = async (request) =>
      ++tries < 3 ? real({ ...request, url: 'http://127.0.0.1:1/nobody' }) : real(request);
    const { call, server } = await against([good], { http });
    expect(await call(SEND)).toEqual({ id: '7' });
    expect([tries, server.calls.length]).toEqual([3, 1]);
  });
});

describe('without a token', () => {
  const failing = (error: Error): TokenProvider => ({
    get: () => Promise.reject(error),
    reject: () => Promise.reject(error),
  });

  test('a passing failure says that the call was not made, and a send is tried again', async () => {
    for (const cause of [
      new DingTalkUnreachable('token', { code: 'timeout', arrived: 'maybe' }),
      new DingTalkRefusal('token', { code: '-1', class: 'transient', status: 200, description: '' }),
    ]) {
      const { failure, pauses, server } = await against([good], { tokens: failing(cause) });
      const error = await failure(SEND);
      expect(error).toMatchObject({ name: 'DingTalkUnreachable', code: 'token_unavailable', arrived: 'no' });
      expect(error.cause).toBe(cause);
      expect([pauses.length, server.calls.length]).toEqual([2, 0]);
    }
  });

  test('that came so late that the send would be cut off, nothing is sent', async () => {
    let now = 0;
    const get = async () => {
      now += 24_500;
      return TOKEN;
    };
    const { failure, server } = await against([good], { tokens: { get, reject: get }, now: () => now });
    expect(await failure(SEND)).toMatchObject({ code: 'no_time_left', arrived: 'no', retryable: true });
    expect(server.calls).toEqual([]);
  });

  test('wrong credentials come out as they are', async () => {
    const cause = new DingTalkRefusal('token', { code: '40096', class: 'credentials', status: 200, description: '' });
    const { failure } = await against([good], { tokens: failing(cause) });
    expect(await failure(READ)).toBe(cause);
  });
});
