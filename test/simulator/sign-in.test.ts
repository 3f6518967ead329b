import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import vm from 'node:vm';
import { type ClientKind, simulatedClient } from 'dingtalk-simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desk, type Loose, text } from './desk.ts';
import {
  authForm,
  authPage,
  authUrl,
  exchange,
  inAppCode,
  me,
  oauthCode,
  PAGE,
  userInfo,
  userToken,
} from './proofs/sign-in.ts';

/** Who is looking at a page (identity.md §7). */
const here = desk();
const ask = (change: object = {}) =>
  here.sim('POST', '/auth-code', {
    userId: 'lisi',
    corpId: 'dingsimcorp',
    clientId: 'dingsimapp',
    url: PAGE,
    ...change,
  });

describe('inside DingTalk', () => {
  test('a code tells the person once', async () => {
    const code = await inAppCode(here);
    expect((await userInfo(here, code)).body).toMatchObject({
      errcode: 0,
      result: { userid: 'lisi', unionid: 'union-lisi', name: '李四', sys: false, sys_level: 0 },
    });
    expect((await userInfo(here, code)).body).toMatchObject({ errcode: 40078, errmsg: '不存在的临时授权码' });
    const admin = await userInfo(here, await inAppCode(here, { userId: 'zhangsan' }));
    expect(admin.body.result).toMatchObject({ sys: true, sys_level: 1 });
  });

  test('a code dies after five minutes, is of one app, and is spent by a failed try', async () => {
    const late = await inAppCode(here);
    await here.sim('POST', '/clock', { advanceMs: 300_000 });
    expect((await userInfo(here, late)).body.errcode).toBe(40078);
    await here.sim('POST', '/apps', { appKey: 'dingother', appSecret: 'other', ssoUrls: ['http://127.0.0.1'] });
    const foreign = await inAppCode(here, { clientId: 'dingother' });
    expect((await userInfo(here, foreign)).body.errcode).toBe(40078);
    const main = { appKey: 'dingsimapp', appSecret: 'dingsimsecret', redirectUrls: ['http://127.0.0.1'] };
    const code = await inAppCode(here);
    await here.sim('POST', '/apps', { ...main, visibleUsers: ['zhangsan'] });
    expect((await userInfo(here, code)).body.errcode).toBe(40079);
    await here.sim('POST', '/apps', main);
    expect((await userInfo(here, code)).body.errcode).toBe(40078);
  });

  test.each([
    ['a host that nobody entered', { url: 'https://pages.example/t/1' }],
    ['another scheme', { url: 'https://127.0.0.1/t/1' }],
    ['another organisation', { corpId: 'dingother' }],
    ['no organisation, as outside the workbench', { corpId: '' }],
    ['an unknown app', { clientId: 'dingnobody' }],
  ])('the client has no code for %s', async (_what, change) => {
    expect(await ask(change)).toEqual({ errorCode: '3', errorMessage: expect.stringContaining('微应用') });
    await here.sim('POST', '/settings', { signIn: { hostErrorCode: '9' } });
    expect((await ask(change)).errorCode).toBe('9');
  });

  test('any of the three lists will do, with any port and path; the old call needs no clientId', async () => {
    for (const list of ['homePages', 'redirectUrls', 'ssoUrls']) {
      await here.sim('POST', '/apps', {
        appKey: 'dingsimapp',
        appSecret: 'dingsimsecret',
        [list]: ['https://pages.example/x'],
      });
      expect(await ask({ url: 'https://pages.example:8443/t/1?a=b', clientId: undefined })).toEqual({
        code: expect.any(String),
      });
    }
    await here.sim('POST', '/apps', {
      appKey: 'dingsimapp',
      appSecret: 'dingsimsecret',
      homePages: ['https://pages.example'],
      noWebAbility: true,
    });
    expect((await ask({ url: 'https://pages.example/' })).errorCode).toBe('3');
  });
});

describe('the bridges of the clients', () => {
  /** A window with the client's script in it, and nothing else of a page. */
  function open(kind: ClientKind): Loose {
    const { script, userAgent } = simulatedClient(kind);
    const document = new EventTarget();
    const listeners = new EventTarget();
    const window: Loose = {
      document,
      location: { href: PAGE },
      navigator: { userAgent },
      name: '',
      postMessage: () => undefined,
      dispatchEvent: (event: Event) => listeners.dispatchEvent(event),
      addEventListener: listeners.addEventListener.bind(listeners),
      askDingTalk: (wanted: object) => ask({ clientId: undefined, ...wanted }),
      Event,
      MessageEvent,
      JSON,
    };
    window.window = window;
    vm.runInContext(script, vm.createContext(window));
    return window;
  }

  const args = { corpId: 'dingsimcorp', clientId: 'dingsimapp' };
  /** How a page asks each client (identity.md §1.6). */
  const asks: Record<Exclude<ClientKind, 'bare'>, (window: Loose, name: string, args: object) => Promise<Loose>> = {
    ios: (window, name, given) =>
      new Promise((resolve) =>
        window.WebViewJavascriptBridge.callHandler(`runtime.permission.${name}`, given, (answer: Loose) =>
          resolve(answer.errorCode === '0' ? answer.result : answer),
        ),
      ),
    android: (window, name, given) =>
      new Promise((resolve) => window.nuva.require()(resolve, resolve, 'runtime.permission', name, given)),
    harmony: (window, name, given) =>
      new Promise((resolve) =>
        window.DingTalkJSBridge.call(`runtime.permission.${name}`, given, ({ body }: Loose) => resolve(body)),
      ),
    pc: (window, name, given) =>
      new Promise((resolve) => {
        const { containerId, hostOrigin } = JSON.parse(window.name);
        window.addEventListener('message', ({ origin, data }: Loose) => {
          if (origin === hostOrigin && data.msgId === 7) resolve(data.body);
        });
        const methodName = `runtime.permission.${name}`;
        window.postMessage({ msgId: 7, containerId, methodName, body: given, type: 'request' }, hostOrigin);
      }),
  };

  test.each(Object.keys(asks) as (keyof typeof asks)[])(
    '%s gives a code by both calls, and the error of the client',
    async (kind) => {
      const window = open(kind);
      expect(window.navigator.userAgent).toMatch(/DingTalk/);
      for (const name of ['requestAuthCodeV2', 'requestAuthCode']) {
        const { code } = await asks[kind](window, name, args);
        expect((await userInfo(here, code)).body.result.userid).toBe('lisi');
      }
      expect(await asks[kind](window, 'requestAuthCodeV2', { ...args, corpId: 'x' })).toMatchObject({ errorCode: '3' });
      expect(await asks[kind](window, 'requestOperateAuthCode', args)).toMatchObject({ errorCode: '7' });
      await here.sim('POST', '/settings', { signIn: { client: 'cancels' } });
      expect(await asks[kind](window, 'requestAuthCodeV2', args)).toMatchObject({ errorCode: '-1' });
    },
  );

  test('a client may stay silent, and a desktop agent without a container has no bridge', async () => {
    await here.sim('POST', '/settings', { signIn: { client: 'silent' } });
    expect(await ask()).toEqual({ silent: true });
    const bare = open('bare');
    expect([bare.WebViewJavascriptBridge, bare.nuva, bare.DingTalkJSBridge, bare.name]).toEqual([
      undefined,
      undefined,
      undefined,
      '',
    ]);
  });
});

describe('in a browser', () => {
  test('person, organisation and consent are asked for step by step, and a GET decides nothing', async () => {
    const first = await authPage(here);
    expect([first.status, first.headers.get('x-frame-options')]).toEqual([200, 'DENY']);
    expect(await first.text()).toMatch(/value="union-lisi">四哥/);
    const corps = await (await authForm(here, { person: 'union-lisi' })).text();
    expect(corps).toContain('name="corp" value="dingsimcorp"');
    const consent = await (await authForm(here, { person: 'union-lisi', corp: 'dingsimcorp' })).text();
    expect(consent).toContain('value="agree"');
    const done = await authForm(here, { person: 'union-lisi', corp: 'dingsimcorp', decision: 'agree' });
    const target = new URL(done.headers.get('location') ?? '');
    expect([done.status, target.origin, target.pathname]).toEqual([302, 'http://127.0.0.1:3000', '/sign-in/callback']);
    const { authCode, code, state } = Object.fromEntries(target.searchParams);
    expect([authCode, state]).toEqual([code, 's-1']);
    const refused = await authForm(here, { person: 'union-lisi', corp: 'dingsimcorp', decision: 'refuse' });
    expect(Object.fromEntries(new URL(refused.headers.get('location') ?? '').searchParams)).toEqual({
      error: 'access_denied',
      state: 's-1',
    });
  });

  test('corpId in the address preselects one of the person’s organisations, and no other', async () => {
    const own = await (await authForm(here, { person: 'union-lisi' }, { corpId: 'dingsimcorp' })).text();
    expect(own).toContain('value="agree"');
    const foreign = await (await authForm(here, { person: 'union-partner' }, { corpId: 'dingsimcorp' })).text();
    expect(foreign).toContain('name="corp" value="dingpartner"');
  });

  test('redirect addresses match by scheme and host, or by the letter', async () => {
    expect((await authPage(here, { redirect_uri: 'http://127.0.0.1:9999/x' })).status).toBe(200);
    await here.sim('POST', '/settings', { signIn: { redirectLiteral: true } });
    expect((await authPage(here, { redirect_uri: 'http://127.0.0.1:9999/x' })).status).toBe(400);
    expect((await authPage(here, { redirect_uri: 'http://127.0.0.1' })).status).toBe(200);
  });

  test('the page is stuck inside DingTalk on a phone', async () => {
    const { userAgent } = simulatedClient('ios');
    const stuck = await (await authPage(here, {}, { 'user-agent': userAgent })).text();
    expect(stuck).not.toContain('<form');
    expect(authUrl(here)).toContain('/oauth2/auth?');
  });

  test('a code becomes a token, and the token tells nick, unionId and openId, but no userid and no name', async () => {
    const { body } = await exchange(here, { code: await oauthCode(here) });
    expect(body).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      expireIn: 7200,
      corpId: 'dingsimcorp',
    });
    expect((await me(here, body.accessToken)).body).toEqual({
      nick: '四哥',
      unionId: 'union-lisi',
      openId: expect.stringMatching(/^[\w-]{24}$/),
      mobile: '13800000002',
      stateCode: '86',
      visitor: false,
    });
    const main = { appKey: 'dingsimapp', appSecret: 'dingsimsecret', redirectUrls: ['http://127.0.0.1'] };
    await here.sim('POST', '/apps', { ...main, missingScopes: ['Contact.User.mobile'] });
    expect((await me(here, body.accessToken)).body).not.toHaveProperty('mobile');
  });

  test('corpId comes with scope corpid only, snake_case is refused, and a code is spent by one use', async () => {
    const code = await oauthCode(here, 'union-lisi', 'openid');
    expect((await exchange(here, { code })).body).not.toHaveProperty('corpId');
    expect((await exchange(here, { code })).body.code).toBe('invalidParameter.authCode.notFound');
    const snake = await here.call('POST', '/v1.0/oauth2/userAccessToken', {
      client_id: 'dingsimapp',
      client_secret: 'dingsimsecret',
    });
    expect([snake.status, snake.body.code]).toEqual([400, 'invalidClientIdOrSecret']);
  });

  test('the two kinds of code do not fit each other’s call', async () => {
    expect((await userInfo(here, await oauthCode(here))).body.errcode).toBe(40078);
    expect((await exchange(here, { code: await inAppCode(here) })).body.code).toBe(
      'invalidParameter.authCode.notFound',
    );
  });

  test('a refresh gives new tokens and ends the old one, for 30 days', async () => {
    const first = (await exchange(here, { code: await oauthCode(here) })).body;
    const refresh = (refreshToken: string) => exchange(here, { grantType: 'refresh_token', refreshToken });
    const second = (await refresh(first.refreshToken)).body;
    expect(second).toMatchObject({ corpId: 'dingsimcorp', expireIn: 7200 });
    expect((await refresh(first.refreshToken)).status).toBe(400);
    await here.sim('POST', '/clock', { advanceMs: 30 * 86_400_000 });
    expect((await refresh(second.refreshToken)).status).toBe(400);
  });

  test('strangers get through to the app, which has to look: contact_type, 60121', async () => {
    const whose = async (person: string) => {
      const { unionId } = (await me(here, await userToken(here, person))).body;
      return (await here.old('POST', '/topapi/user/getbyunionid', { unionid: unionId })).body;
    };
    expect((await whose('union-lisi')).result).toEqual({ contact_type: 0, userid: 'lisi' });
    await here.sim('POST', '/outsiders', { unionId: 'union-partner', userId: 'ext-partner', corps: ['dingsimcorp'] });
    expect((await whose('union-partner')).result).toEqual({ contact_type: 1, userid: 'ext-partner' });
    await here.sim('POST', '/outsiders', {
      unionId: 'union-stranger',
      nick: '路人',
      corps: ['dingsimcorp'],
      visitor: true,
    });
    expect((await whose('union-stranger')).errcode).toBe(60121);
    expect((await here.old('POST', '/topapi/v2/user/getbyunionid', { unionid: 'union-lisi' })).body.errcode).toBe(22);
  });

  test('nothing of it is charged', async () => {
    await me(here, await userToken(here));
    await userInfo(here, await inAppCode(here));
    expect((await here.sim('GET', '/limits')).usage.apiCalls).toBe(0);
  });
});

describe('link previews', () => {
  const seen: { url: string; agent: string | undefined }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', agent: request.headers['user-agent'] });
    response.end();
  });
  let base = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  test('each link of a message to this machine is fetched once, by DingTalk’s servers', async () => {
    const inner = encodeURIComponent(`${base}/wrapped`);
    const words = `[a](${base}/plain) https://far.example/x dingtalk://dingtalkclient/page/link?url=${inner}&pc_slide=true`;
    await here.robot({ msgtype: 'markdown', markdown: { title: 't', text: words } });
    await expect.poll(() => here.sim('GET', '/previews')).toHaveLength(2);
    expect(seen.map(({ url }) => url).sort()).toEqual(['/plain', '/wrapped']);
    expect(new Set(seen.map(({ agent }) => agent))).toEqual(new Set(['DingTalk-LinkService/1.0']));
    // a message that is read or recalled is not new
    await here.sim('POST', '/read', { userId: 'lisi' });
    await here.sim('POST', '/settings', { linkPreviews: false });
    await here.robot(text(`${base}/off`));
    await here.sim('POST', '/settings', { linkPreviews: true });
    await here.robot(text(`${base}/on`));
    await expect.poll(() => seen.map(({ url }) => url)).toContain('/on');
    expect(seen.map(({ url }) => url)).not.toContain('/off');
  });
});
