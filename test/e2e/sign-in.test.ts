import { describe, expect, test } from 'vitest';
import { CALLER_ROUTES } from '../../contract/routes.ts';
import { createSessions } from '../../lib/base/visitor/session.ts';
import { KNOWN_KEYS } from '../../stage/local-secret.ts';
import { pageOf } from '../support/links.ts';
import { stackClient } from '../support/stack-client.ts';

// What must not come through when people sign in: each of these would be somebody else's session, or somebody else's tap.

const LISTED = { CONSOLE_OPERATORS: 'zhangsan,wangwu', CONSOLE_READERS: 'lisi' };
const { api, sim, callsTo, messagesIn, request, urls } = await stackClient({ signIn: true }, { environment: LISTED });
// as strict as DingTalk may be: the whole address has to be entered, to the letter
await sim('POST', '/settings', { signIn: { redirectLiteral: true } });
const OWN = { appKey: 'dingsimapp', appSecret: 'dingsimsecret', redirectUrls: [`${urls.api}/sign-in/callback`] };
await sim('POST', '/apps', { ...OWN, ssoUrls: [urls.api] });

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const OURS = { 'sec-fetch-site': 'same-origin' };
const SECRET_TITLE = '只给自己人看的任务';

async function given(title = SECRET_TITLE) {
  const { status, body } = await api('POST', '/tasks', {
    title,
    assignees: ['zhangsan', 'lisi', 'wangwu'],
    notify: 'ops',
  });
  expect(status).toBe(201);
  return { id: body.id as string, page: `${urls.api}/t/${body.id}` };
}
const inAppCode = async (userId = 'lisi') => {
  const asked = { userId, corpId: 'dingsimcorp', clientId: 'dingsimapp', url: `${urls.api}/sign-in` };
  return (await sim('POST', '/auth-code', asked)).body.code as string;
};
const takeCode = (code: string, headers: Record<string, string> = OURS) =>
  request('POST', `${urls.api}/sign-in/dingtalk`, { code, app: 'default' }, headers);
/** What a browser sends of the cookies that it was given. */
const cookiesOf = (headers: Headers) =>
  headers
    .getSetCookie()
    .filter((each) => !/Max-Age=0/.test(each))
    .map((each) => each.split(';')[0])
    .join('; ');
async function signedIn(userId = 'lisi') {
  const answer = await takeCode(await inAppCode(userId));
  expect(answer.status).toBe(200);
  return { cookie: cookiesOf(answer.headers), bearer: answer.body.bearer as string };
}
/** The token of the console, for a session of that browser. */
const tokenFor = (headers: Record<string, string>) =>
  request('POST', `${urls.api}/sign-in/console`, undefined, { ...OURS, ...headers });
const asBearer = (bearer: string) => ({ authorization: `Bearer ${bearer}` });
/** As far as DingTalk's page, and through it. */
async function leave(to: string) {
  const answer = await request('GET', `${urls.api}/sign-in/start?${new URLSearchParams({ to, app: 'default' })}`);
  return { address: answer.headers.get('location') ?? '', cookie: cookiesOf(answer.headers) };
}
async function agree(address: string, { person = 'union-lisi', corp = 'dingsimcorp' } = {}) {
  const form = new URLSearchParams({ person, corp, decision: 'agree' });
  const answer = await fetch(address, { method: 'POST', body: form, redirect: 'manual' });
  return answer.headers.get('location') ?? '';
}
/** With another letter at that place, whatever stood there. */
const altered = (text: string, at = -1) =>
  text.slice(0, at) + (text.at(at) === 'A' ? 'B' : 'A') + text.slice(at).slice(1);
const guardIn = (text: string) => /name="guard" value="([\w-]+)"/.exec(text)?.[1] ?? '';
const done = (page: string, headers: Record<string, string>, fields: Record<string, string>) =>
  request('POST', page, new URLSearchParams({ action: 'done', ...fields }).toString(), { ...FORM, ...headers });
const stateOf = async (id: string) =>
  (await api('GET', `/tasks/${id}`)).body.assignees.map((each: { state: string }) => each.state);

test('links of messages, to-dos and the API name the task only, and lead to the sign-in', async () => {
  const { id, page } = await given('链接');
  const find = async () => (await messagesIn('cidOps=')).find(({ text }: { text: string }) => text.includes('链接'));
  await expect.poll(find).toBeDefined();
  const [todo] = (await sim('GET', '/todos')).body.filter(({ sourceId }: { sourceId: string }) => sourceId === id);
  const links = [(await find()).text, todo.detailUrl.pcUrl, todo.detailUrl.appUrl].map(pageOf);
  expect([...links, (await api('GET', `/tasks/${id}`)).body.links.page]).toEqual([page, page, page, page]);
  const { status, headers, text } = await request('GET', page);
  const to = headers.get('location');
  expect([status, to, text]).toEqual([303, `../sign-in?to=${encodeURIComponent(`/t/${id}`)}`, '']);
  expect((await request('GET', new URL(to ?? '', page).href)).text).toMatch(/使用钉钉登录/);
  // DingTalk's servers look at links too, and see nothing of it
  const previews = async () => (await sim('GET', '/previews')).body.filter(({ url }: { url: string }) => url === page);
  await expect.poll(async () => (await previews()).length).toBeGreaterThan(0);
  const preview = await request('GET', page, undefined, { 'user-agent': 'DingTalk-LinkService/1.0' });
  expect([preview.status, preview.text.includes('链接</h1>'), preview.headers.getSetCookie()]).toEqual([
    200,
    false,
    [],
  ]);
});

test('a code of the client is a session that acts by its cookie or its bearer, and no call of it is billed', async () => {
  const { id, page } = await given();
  const { cookie, bearer } = await signedIn();
  expect((await callsTo('/topapi/v2/user/getuserinfo')).length).toBeGreaterThan(0);
  expect(JSON.stringify((await sim('GET', '/limits')).body.billed)).not.toMatch(
    /getuserinfo|getbyunionid|oauth2|users\/me/,
  );
  const own = await request('GET', page, undefined, { cookie });
  expect([own.status, own.text.includes(SECRET_TITLE), own.headers.get('cache-control')]).toEqual([
    200,
    true,
    'no-store',
  ]);
  const byBearer = await request('GET', page, undefined, { authorization: `Bearer ${bearer}` });
  const tapped = await done(page, { authorization: `Bearer ${bearer}` }, { guard: guardIn(byBearer.text) });
  expect([tapped.status, tapped.headers.get('location')]).toEqual([303, `${id}?lang=zh`]);
  expect(await stateOf(id)).toEqual(['assigned', 'done', 'assigned']);
});

test('the cookie is of this host only, for a day, out of reach of scripts and of other sites', async () => {
  const answer = await takeCode(await inAppCode());
  const [cookie] = answer.headers.getSetCookie();
  const [value, ...marks] = cookie?.split('; ') ?? [];
  expect(value).toMatch(/^__Host-dingdock=[\w-]+$/);
  expect(marks).toEqual(expect.arrayContaining(['Max-Age=86400', 'Path=/', 'Secure', 'HttpOnly', 'SameSite=Lax']));
  expect(marks.join()).not.toMatch(/Domain/);
  expect([answer.headers.get('cache-control'), Object.keys(answer.body)]).toEqual(['no-store', ['bearer']]);
  expect(cookie).not.toMatch(/lisi|dingsimcorp/);
});

describe('no session comes of', () => {
  test('a code that was used before', async () => {
    const code = await inAppCode();
    expect((await takeCode(code)).status).toBe(200);
    const again = await takeCode(code);
    expect([again.status, again.body, again.headers.getSetCookie()]).toEqual([400, { code: 'code_refused' }, []]);
  });

  test('a code of the other kind, at either door', async () => {
    const { id } = await given();
    const { address, cookie } = await leave(`/t/${id}`);
    const oauth = new URL(await agree(address)).searchParams.get('code') ?? '';
    expect((await takeCode(oauth)).body).toEqual({ code: 'code_refused' });
    const state = new URL(address).searchParams.get('state') ?? '';
    const query = new URLSearchParams({ code: await inAppCode(), authCode: 'x', state });
    const back = await request('GET', `${urls.api}/sign-in/callback?${query}`, undefined, { cookie });
    expect([back.status, cookiesOf(back.headers)]).toEqual([400, '']);
  });

  test('another page that sends a code', async () => {
    const headers: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      {},
    ];
    for (const each of headers)
      expect((await takeCode(await inAppCode(), each)).body).toEqual({ code: 'foreign_page' });
    expect((await takeCode(await inAppCode(), { origin: urls.api })).status).toBe(200);
  });

  test('external contacts, strangers, and whoever chose another organisation', async () => {
    const { id } = await given();
    for (const who of ['ext-partner', 'union-stranger']) {
      expect((await takeCode(await inAppCode(who))).body).toEqual({ code: 'not_a_member' });
    }
    const choices = [
      { person: 'union-partner', corp: 'dingpartner' },
      // DingTalk's page would not let them choose it; a code without an organisation is none of ours either
      { person: 'union-stranger', corp: '' },
    ];
    for (const choice of choices) {
      const { address, cookie } = await leave(`/t/${id}`);
      const plain = address.replace('openid%20corpid', choice.corp === '' ? 'openid' : 'openid%20corpid');
      const back = await request('GET', await agree(plain, choice), undefined, { cookie });
      expect([back.status, cookiesOf(back.headers)]).toEqual([403, '']);
      expect(back.text).toMatch(/这里没有给你的内容[\s\S]*Nothing here for you/);
      expect(back.text).not.toContain(SECRET_TITLE);
    }
  });

  test('a return that this browser did not begin, that comes twice, or that says no', async () => {
    const { id } = await given();
    const { address, cookie } = await leave(`/t/${id}`);
    const other = await leave(`/t/${id}`);
    const back = await agree(address);
    const come = (url: string, sent: string) => request('GET', url, undefined, { cookie: sent });
    const noSession = async (answer: Promise<{ status: number; headers: Headers }>) => {
      const { status, headers } = await answer;
      return [status, cookiesOf(headers)];
    };
    expect(await noSession(come(back, ''))).toEqual([400, '']);
    expect(await noSession(come(back, other.cookie))).toEqual([400, '']);
    expect(await noSession(come(back, altered(cookie, -3)))).toEqual([400, '']);
    const taken = await come(back, cookie);
    expect([taken.status, cookiesOf(taken.headers)]).toEqual([200, expect.stringMatching(/^__Host-dingdock=/)]);
    expect(taken.text).toContain(`href="/t/${id}"`);
    // the state is used up, whatever code comes with it
    const state = new URL(address).searchParams.get('state') ?? '';
    const fresh = new URL(await agree(address)).searchParams.get('code') ?? '';
    const again = `${urls.api}/sign-in/callback?${new URLSearchParams({ code: fresh, state })}`;
    expect(await noSession(come(again, cookie))).toEqual([400, '']);
    const third = await leave(`/t/${id}`);
    const refused = `${urls.api}/sign-in/callback?error=access_denied&state=${new URL(third.address).searchParams.get('state')}`;
    expect(await noSession(come(refused, third.cookie))).toEqual([400, '']);
  });
});

test.each([
  'https://evil.example/t/t_123',
  '//evil.example/t_123',
  '/\\evil.example',
  '/t/../sign-in/start',
  '/t/t_123?x=<script>',
  'javascript:alert(1)',
  '/dingtalk/events',
  '',
])('nobody is sent to %j after signing in', async (to) => {
  const query = new URLSearchParams({ to, app: 'default' });
  for (const path of ['/sign-in', '/sign-in/start']) {
    const { status, headers, text } = await request('GET', `${urls.api}${path}?${query}`);
    expect([status, headers.get('location'), headers.getSetCookie()]).toEqual([404, null, []]);
    expect(text).not.toContain('evil.example');
  }
});

test('DingTalk alone may frame the pages', async () => {
  const { id, page } = await given();
  const { cookie } = await signedIn();
  for (const [url, sent] of [
    [page, cookie],
    [`${urls.api}/sign-in?to=/t/${id}`, ''],
  ]) {
    const policy = (await request('GET', url ?? '', undefined, { cookie: sent ?? '' })).headers.get(
      'content-security-policy',
    );
    expect(policy).toContain("frame-ancestors 'self' https://*.dingtalk.com");
  }
});

test('a tap that comes from another page, or from the page of another task, changes nothing and keeps the comment', async () => {
  const [own, other] = [await given(), await given()];
  const { cookie } = await signedIn();
  const guardOf = async (page: string) => guardIn((await request('GET', page, undefined, { cookie })).text);
  const guard = await guardOf(own.page);
  const foreign: [Record<string, string>, Record<string, string>][] = [
    [{ cookie }, {}],
    [{ cookie }, { guard: await guardOf(other.page) }],
    [{ cookie }, { guard: altered(guard) }],
    [{ cookie, 'sec-fetch-site': 'cross-site' }, { guard }],
    [{ cookie, 'sec-fetch-site': 'same-site' }, { guard }],
  ];
  for (const [headers, fields] of foreign) {
    const { status, text } = await done(own.page, headers, { ...fields, comment: '留着' });
    expect([status, text.includes('留着')]).toEqual([403, true]);
  }
  // the guard is of the session, too
  const wangwu = await signedIn('wangwu');
  expect((await done(own.page, { cookie: wangwu.cookie }, { guard })).status).toBe(403);
  expect(await stateOf(own.id)).toEqual(['assigned', 'assigned', 'assigned']);
  expect((await done(own.page, { cookie, ...OURS }, { guard })).status).toBe(303);
});

test('a session that is over, altered, of another place or of another organisation is none', async () => {
  const { page } = await given();
  const key = KNOWN_KEYS.cookieKey;
  const made = (member: { corpId: string; userId: string }, at = Date.now()) =>
    createSessions({ key, now: () => at }).begin(member);
  const lisi = { corpId: 'dingsimcorp', userId: 'lisi' };
  const nameOf = (set: string) => set.split(';')[0] ?? '';
  const DAY_MS = 24 * 3600_000;
  const good = made(lisi);
  const asked = async (headers: Record<string, string>) => (await request('GET', page, undefined, headers)).status;
  expect(await asked({ cookie: nameOf(good.cookie) })).toBe(200);
  expect(await asked({ cookie: nameOf(made(lisi, Date.now() - DAY_MS).cookie) })).toBe(303);
  expect(await asked({ authorization: `Bearer ${made(lisi, Date.now() - 3600_000).bearer}` })).toBe(401);
  expect(await asked({ cookie: `__Host-dingdock=${good.bearer}` })).toBe(303);
  expect(await asked({ authorization: `Bearer ${nameOf(good.cookie).split('=')[1]}` })).toBe(401);
  expect(await asked({ cookie: altered(nameOf(good.cookie), -4) })).toBe(303);
  // a row of another kind in the table is no task
  for (const id of ['deeds%23zhangsan', `t_${'x'.repeat(3000)}`, 't_none'])
    expect((await request('GET', `${urls.api}/t/${id}`, undefined, { cookie: nameOf(good.cookie) })).status).toBe(403);
  // an old link in the hands of somebody who is signed in is no hindrance
  expect((await request('GET', `${page}?p=lisi&e=1&s=x`, undefined, { cookie: nameOf(good.cookie) })).status).toBe(200);
  // somebody of that name in another organisation is somebody else
  const elsewhere = await request('GET', page, undefined, {
    cookie: nameOf(made({ ...lisi, corpId: 'dingother' }).cookie),
  });
  expect([elsewhere.status, elsewhere.text.includes(SECRET_TITLE)]).toEqual([403, false]);
});

describe('the console', () => {
  const READS = ['messages:read', 'destinations:read', 'sources:read'];

  test.each([
    ['zhangsan', [...READS, 'messages:send', 'destinations:write']],
    ['lisi', READS],
  ])('gives %s the grant of their list', async (caller, scopes) => {
    const { status, headers, body } = await tokenFor({ cookie: (await signedIn(caller)).cookie });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const own = asBearer(body.bearer);
    const all = { destinations: ['*'], people: ['*'], apps: ['*'] };
    expect((await api('GET', '/grant', undefined, own)).body).toEqual({ caller, scopes, ...all });
    // each function that the console asks knows them, and no other does
    const asked = ['/messages', '/messages/m_20260101000000000none', '/usage', '/destinations', '/sources', '/tasks'];
    const statuses = await Promise.all(asked.map(async (path) => (await api('GET', path, undefined, own)).status));
    expect(statuses).toEqual([200, 404, 200, 200, 200, 401]);
  });

  test('lets a reader change nothing: each route is tried', async () => {
    const own = asBearer((await tokenFor({ cookie: (await signedIn('lisi')).cookie })).body.bearer);
    const changing = Object.entries(CALLER_ROUTES).filter(
      ([route, { needs }]) => !/^(GET|HEAD) /.test(route) && !needs.endsWith(':read'),
    );
    expect(changing.length).toBeGreaterThan(12);
    const taken: string[] = [];
    for (const [route] of changing) {
      const [method = '', path = ''] = route.replace(/\{\w+\}/g, 'ops').split(' ');
      const { body } = await api(method, path, {}, own);
      if (!['scope_missing', 'key_unknown'].includes(body.code)) taken.push(`${route}: ${body.code}`);
    }
    expect(taken).toEqual([]);
    const refused = async (method: string, path: string) => (await api(method, path, {}, own)).body.remedy;
    expect(await refused('POST', '/messages/m_1/recall')).toBe(
      'You may not do this: it takes the scope messages:send; "lisi" has messages:read, destinations:read, sources:read. Ask whoever runs the stage for it.',
    );
    expect(await refused('POST', '/tasks')).toBe(
      'You may not do this with a sign-in at the console: it takes an API key.',
    );
  });

  test('gives no token to nobody, another page, who is not listed, or a namesake elsewhere', async () => {
    const sessions = createSessions({ key: KNOWN_KEYS.cookieKey, now: Date.now });
    const cookieOf = (userId: string, corpId = 'dingsimcorp') =>
      sessions.begin({ corpId, userId }).cookie.split(';')[0] ?? '';
    const cookie = cookieOf('zhangsan');
    const refused = [
      await tokenFor({}),
      await tokenFor({ cookie, 'sec-fetch-site': 'cross-site' }),
      await tokenFor({ cookie, 'sec-fetch-site': 'same-site' }),
      await request('POST', `${urls.api}/sign-in/console`, undefined, { cookie, origin: 'https://evil.example' }),
      await tokenFor({ cookie: cookieOf('zhaoliu') }),
      await tokenFor({ cookie: cookieOf('zhangsan', 'dingother') }),
    ];
    expect(refused.map(({ status, body }) => [status, body?.code, body?.bearer])).toEqual([
      [204, undefined, undefined],
      [400, 'foreign_page', undefined],
      [400, 'foreign_page', undefined],
      [400, 'foreign_page', undefined],
      [403, 'not_listed', undefined],
      [403, 'not_listed', undefined],
    ]);
  });

  test('has a token that ends after ten minutes, opens no page, and is no session', async () => {
    const member = { corpId: 'dingsimcorp', userId: 'zhangsan' };
    const made = (at = Date.now()) => createSessions({ key: KNOWN_KEYS.cookieKey, now: () => at });
    const token = made().consoleToken(member);
    const { cookie, bearer } = made().begin(member);
    const codeOf = async (given: string) => (await api('GET', '/grant', undefined, asBearer(given))).body.code;
    const tried = [
      token,
      made(Date.now() - 600_000).consoleToken(member),
      `dc_${bearer}`,
      `dc_${/=([^;]+)/.exec(cookie)?.[1]}`,
      altered(token, -4),
      made().consoleToken({ ...member, userId: 'zhaoliu' }),
    ];
    expect(await Promise.all(tried.map(codeOf))).toEqual([
      undefined,
      'key_expired',
      'key_expired',
      'key_expired',
      'key_expired',
      'key_revoked',
    ]);
    const { page } = await given();
    const opened = await request('GET', page, undefined, asBearer(token));
    expect([opened.status, opened.text.includes(SECRET_TITLE)]).toEqual([401, false]);
  });

  test('ends the session in this browser, from its own page only', async () => {
    const end = (headers: object) => request('POST', `${urls.api}/sign-in/end`, undefined, { ...OURS, ...headers });
    const over = await end({});
    expect([over.status, over.headers.getSetCookie()[0]]).toEqual([
      204,
      expect.stringMatching(/^__Host-dingdock=; Max-Age=0/),
    ]);
    const foreign = await end({ 'sec-fetch-site': 'cross-site' });
    expect([foreign.status, foreign.headers.getSetCookie()]).toEqual([400, []]);
  });

  test('is one of the pages that one comes back to, in DingTalk’s client too', async () => {
    for (const to of ['/console?lang=zh', '/console?lang=zh#/d/ops?back=m_1', '/console#/list/failed?cursor=a%3D']) {
      const { address, cookie } = await leave(to);
      const back = await request('GET', await agree(address), undefined, { cookie });
      expect([to, back.status, back.text.includes(`href="${to}"`)]).toEqual([to, 200, true]);
    }
    for (const to of ['/consoles', '/console/x', '//console', '/console#x', '/t/t_any#/m/m_1', '/console#/\r\nset'])
      expect((await request('GET', `${urls.api}/sign-in?${new URLSearchParams({ to })}`)).status).toBe(404);
  });
});

test('who leaves the organisation is signed out everywhere, and their own links open nothing', async () => {
  const { id, page } = await given();
  const { cookie, bearer } = await signedIn('wangwu');
  const { pages } = (await api('GET', `/tasks/${id}`)).body.links;
  const statuses = async () => {
    const asks = [{ cookie }, { authorization: `Bearer ${bearer}` }].map((headers) =>
      request('GET', page, undefined, headers),
    );
    return (await Promise.all([...asks, request('GET', pages.wangwu)])).map(({ status }) => status);
  };
  expect(await statuses()).toEqual([200, 200, 200]);
  expect((await tokenFor({ cookie })).status).toBe(200);
  await sim('POST', '/events', { EventType: 'user_leave_org', UserId: ['wangwu'], eventId: 'left-1' });
  await expect.poll(statuses).toEqual([403, 403, 403]);
  expect(await tokenFor({ cookie })).toMatchObject({ status: 403, body: { code: 'not_listed' } });
  const told = await request('GET', page, undefined, { cookie });
  expect([told.text.includes(SECRET_TITLE), /你已不在该组织中/.test(told.text)]).toEqual([false, true]);
  expect((await request('GET', pages.lisi)).status).toBe(200);
});

test('an app whose people do not sign in is asked in vain', async () => {
  const { id } = await given();
  const answer = await request('GET', `${urls.api}/sign-in?to=/t/${id}&app=nobody`);
  expect([answer.status, /没有这个页面/.test(answer.text)]).toEqual([422, true]);
  expect((await request('POST', `${urls.api}/sign-in/dingtalk`, { code: '' }, OURS)).status).toBe(422);
});
