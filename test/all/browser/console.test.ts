import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { simulatedClient } from 'dingtalk-simulator';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CALLER_ROUTES } from '../../../contract/routes.ts';
import { keyStore, newKey } from '../../../lib/aws/tables/key-store.ts';
import { SCOPES, type Scope } from '../../../lib/base/access.ts';
import type { Loose } from '../../simulator/desk.ts';
import { startTestStack } from '../../support/stack.ts';
import { browser, violations } from './browser.ts';
import { openConsole, settled } from './console-page.ts';

/** The console in a real browser, before the local stack: what it shows is the API's, and what it does the key's. */
const chromium = browser();
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const WEBHOOK = 'https://oapi.dingtalk.com/robot/send?access_token=simopsrobot';
let stack: Awaited<ReturnType<typeof startTestStack>>;
let looker = '';

beforeAll(async () => {
  stack = await startTestStack({
    app: { signIn: true },
    environment: { CONSOLE_OPERATORS: 'zhangsan', CONSOLE_READERS: 'lisi' },
  });
  const { api: address, simulator } = stack.urls;
  const lists = { redirectUrls: [`${address}/sign-in/callback`], ssoUrls: [address] };
  const app = { appKey: 'dingsimapp', appSecret: 'dingsimsecret', ...lists };
  const headers = { 'content-type': 'application/json' };
  await fetch(`${simulator}/_sim/apps`, { method: 'POST', headers, body: JSON.stringify(app) });
  looker = await keyFor({ destinations: ['*'], scopes: SCOPES.filter((scope) => scope.endsWith(':read')) });
  await api('PUT', '/destinations/alerts', { webhook: WEBHOOK, secret: 'SECmistyped' });
  await api('PUT', '/sources/builds', {
    kind: 'json',
    to: 'ops',
    template: { title: '{{ job }}', text: '**{{ job }}**' },
  });
  await api('POST', '/messages', { to: 'ops', text: '部署完成' });
  await api('POST', '/messages', {
    to: 'project',
    text: '明天见',
    sendAt: new Date(Date.now() + 3600_000).toISOString(),
  });
});
afterAll(() => stack?.stop());

/** A key with that grant, whose holder is named looker. */
async function keyFor({ scopes, destinations }: { scopes: readonly Scope[]; destinations: readonly string[] }) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamodb = new DynamoDBClient({ endpoint: stack.urls.dynamodb, region: 'us-east-1', credentials });
  const { key, ...ids } = newKey();
  const grant = { scopes: [...scopes], destinations: [...destinations], people: ['*'], apps: ['*'] };
  const createdAt = new Date().toISOString();
  await keyStore(dynamodb, 'dingdock-local-keys').put({ ...ids, name: 'looker', owner: 'looker', ...grant, createdAt });
  dynamodb.destroy();
  return key;
}

async function api(
  method: string,
  path: string,
  body?: unknown,
  key = 'local',
): Promise<{ status: number; body: Loose }> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', prefer: 'wait=20' };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const answer = await fetch(`${stack.urls.api}${path}`, init);
  return { status: answer.status, body: await answer.json().catch(() => ({})) };
}

/** A message that DingTalk refuses, since the robot's secret is wrong. */
const failedOne = async () => (await api('POST', '/messages', { to: 'alerts', text: '磁盘快满了' })).body.id;

const open = (key: string, hash = '', options: object = {}) =>
  openConsole(chromium, stack.urls.api, { key, hash, ...options });

test('a Chinese page says in Chinese what went wrong and what to do', async () => {
  const { page } = await open('local', `#/m/${await failedOne()}`, { locale: 'zh-CN' });
  await expect
    .poll(() => page.locator('.note').innerText())
    .toMatch(/处理建议\s+请在此目的地中填写机器人当前的加签密钥/);
  await page.goto(`${stack.urls.api}/console#/m/m_20260101000000000none`);
  await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/操作未成功\s+unknown_message 没有这条消息/);
  await page.goto(`${stack.urls.api}/console#/d/notice`);
  await page.getByLabel('设置（JSON）').fill('{"kind":"work-notification","userIds":[],"extra":1}');
  await page.getByRole('button', { name: '保存' }).click();
  await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/请修改以下内容后重试：\s+userIds .+\s+extra /);
});

test('a failed message is found, understood, mended and sent again in five clicks', async () => {
  const id = await failedOne();
  const { page, errors, hosts } = await chromium.visit(`${stack.urls.api}/console`);
  let clicks = 0;
  const click = (role: 'link' | 'button', name: RegExp, within = page.locator('main')) => {
    clicks += 1;
    return within.getByRole(role, { name }).first().click();
  };
  await click('button', /key of this machine/);
  await click('link', /alerts/, page.getByRole('region', { name: 'Needs you' }));
  expect(new URL(page.url()).hash).toBe(`#/m/${id}`);
  await expect.poll(() => page.locator('.note').innerText()).toMatch(/What to do\n.*secret/s);
  await click('link', /Mend the destination alerts/);
  await page.getByLabel(/Address of the robot/).fill(WEBHOOK);
  await page.getByLabel(/^Secret/).fill('SECsimopsrobot');
  await click('button', /Save/);
  await click('button', /Send again/);
  await expect.poll(() => page.locator('.story').innerText()).toMatch(/Accepted.*DingTalk took it/s);
  expect(clicks).toBe(5);
  expect(page.url()).not.toContain(id);
  const texts = (await (await fetch(`${stack.urls.simulator}/_sim/messages?conversation=cidOps%3D`)).json()) as Loose[];
  expect(texts.filter(({ text = '' }) => text.includes('磁盘快满了'))).toHaveLength(1);
  expect([errors, [...hosts]]).toEqual([[], [new URL(stack.urls.api).host]]);
  await api('PUT', '/destinations/alerts', { webhook: WEBHOOK, secret: 'SECmistyped' });
});

test('a message that was sent is recalled, and what was recalled is not sent again', async () => {
  const { body: sent } = await api('POST', '/messages', { to: 'project', text: '发错了' });
  const { page } = await open('local', `#/m/${sent.id}`);
  await page.getByRole('button', { name: 'Recall' }).click();
  await expect.poll(() => page.locator('h3').innerText()).toMatch(/project recalled/);
  expect(await page.getByRole('button', { name: 'Send again' }).count()).toBe(0);
  expect(await api('POST', `/messages/${sent.id}/resend`)).toMatchObject({
    status: 409,
    body: { code: 'nothing_unsent' },
  });
});

test('a source is previewed, a destination tried, and the month counted', async () => {
  const { page } = await open('local', '#/s/builds');
  await page.getByLabel('What is delivered').fill('{"job": "nightly"}');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect
    .poll(() => page.locator('blockquote').innerText())
    .toMatch(/nightly\n+\*\*nightly\*\*\n+To ops · \d+ bytes, 1 calls/);
  await page.goto(`${stack.urls.api}/console#/d/ops`);
  await page.getByRole('button', { name: 'Send a test message' }).click();
  await expect.poll(() => page.locator('.story').innerText()).toMatch(/DingTalk took it/);
  await page.getByRole('link', { name: 'Quota and limits' }).click();
  await expect
    .poll(() => page.getByRole('region', { name: 'Calls of custom robots' }).innerText())
    .toMatch(/\d+ of 3000 used/);
});

const VIEWS = async () => [
  '',
  '#/list/failed',
  `#/m/${await failedOne()}`,
  '#/limits',
  '#/d',
  '#/d/alerts',
  '#/d/notice',
  '#/s',
  '#/s/builds',
];

test('a looker sees no button that changes anything, and each route that does refuses the key', async () => {
  for (const hash of await VIEWS()) {
    const { page } = await open(looker, hash);
    await settled(page);
    const buttons = await page.getByRole('button').allInnerTexts();
    expect([hash, buttons.filter((name) => !['Sign out', 'Open', 'Preview'].includes(name))]).toEqual([hash, []]);
    expect(await page.locator('main').innerText()).toContain('"looker" may only read');
  }
  const changing = Object.entries(CALLER_ROUTES).filter(
    ([route, { needs }]) => !/^(GET|HEAD) /.test(route) && !needs.endsWith(':read'),
  );
  expect(changing.length).toBeGreaterThan(12);
  for (const [route] of changing) {
    const [method = '', path = ''] = route.replace(/\{\w+\}/g, 'ops').split(' ');
    const { status, body } = await api(method, path, {}, looker);
    expect([route, status, body.code]).toEqual([route, 403, 'scope_missing']);
  }
});

test('a key sees the views that its grant allows, and is told where it may see none', async () => {
  const keys = [
    [{ destinations: ['*'], scopes: ['sources:read'] }, ['Sources'], 0],
    [{ destinations: ['ops'], scopes: ['messages:read'] }, [], 1],
    [{ destinations: ['*'], scopes: ['messages:send'] }, [], 0],
  ] as const;
  for (const [grant, views, ids] of keys) {
    const { page } = await open(await keyFor(grant));
    expect(await page.locator('nav a').allInnerTexts()).toEqual(views);
    expect(await page.locator('main').innerText()).toContain('This key shows no lists');
    expect(await page.getByLabel('Open a message by its id').count()).toBe(ids);
    expect(await page.getByRole('alert').count()).toBe(0);
  }
});

test.each([
  ['zh-CN', 'light'],
  ['zh-CN', 'dark'],
  ['en-GB', 'light'],
  ['en-GB', 'dark'],
] as const)('each view is clean for axe and no wider than a phone, in %s, %s', async (locale, colorScheme) => {
  const options = { ...PHONE, locale, colorScheme };
  const { page: closed } = await chromium.visit(`${stack.urls.api}/console`, options);
  await closed.locator('form').waitFor();
  expect(await violations(closed)).toEqual([]);
  for (const hash of await VIEWS()) {
    const { page, errors } = await open('local', hash, options);
    await settled(page);
    expect(await page.locator('html').getAttribute('lang')).toBe(locale);
    expect([hash, await violations(page)]).toEqual([hash, []]);
    expect([hash, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([hash, 360]);
    expect(errors).toEqual([]);
  }
});

/** Through DingTalk's page, as somebody. */
async function signInBy(page: Page, nick: string) {
  await page.getByRole('link', { name: /^Sign in with DingTalk$/ }).click();
  await page.getByRole('link', { name: /^Sign in with DingTalk$/ }).click();
  await page.getByRole('button', { name: nick }).click();
  await page.getByRole('button', { name: '同意' }).click();
}

test('who is listed signs in by DingTalk, and out again; their session is renewed when it is over', async () => {
  const { page, errors } = await chromium.visit(`${stack.urls.api}/console`);
  await signInBy(page, '小张');
  await page.getByRole('region', { name: 'Needs you' }).waitFor();
  expect(await page.locator('.top').innerText()).toContain('Signed in: zhangsan');
  expect(await page.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
  expect(errors).toEqual([]);
  // the token is over: the first request is refused, and made again with another
  const over: string[] = [];
  await page.route('**/destinations', async (route) => {
    const headers = route.request().headers();
    if (over.push(headers.authorization ?? '') > 1) return route.continue();
    return route.continue({ headers: { ...headers, authorization: 'Bearer dc_over' } });
  });
  await page.getByRole('link', { name: 'Destinations' }).click();
  await page.locator('a[href="#/d/alerts"]').waitFor();
  expect(over.map((each) => each.slice(0, 10))).toEqual(['Bearer dc_', 'Bearer dc_']);
  await page.reload();
  await page.locator('a[href="#/d/alerts"]').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('API key').waitFor();
  await page.reload();
  await page.getByLabel('API key').waitFor();
  expect(await page.locator('nav').count()).toBe(0);
});

test('a link to a message leads there after signing in, by DingTalk or with a key', async () => {
  const id = await failedOne();
  const { page } = await chromium.visit(`${stack.urls.api}/console#/m/${id}`);
  await signInBy(page, '小张');
  await expect.poll(() => page.locator('h2').innerText()).toBe(`Message ${id}`);
  expect(new URL(page.url()).hash).toBe(`#/m/${id}`);
  const { page: other } = await chromium.visit(`${stack.urls.api}/console#/m/${id}`);
  await other.getByRole('button', { name: /key of this machine/ }).click();
  await expect.poll(() => other.locator('h2').innerText()).toBe(`Message ${id}`);
});

test('inside DingTalk’s client one press is all', async () => {
  const { userAgent, script } = simulatedClient('ios');
  const id = await failedOne();
  const { page } = await chromium.visit(
    `${stack.urls.api}/console#/m/${id}`,
    { ...PHONE, userAgent },
    async (prepared) => {
      await prepared.exposeFunction('askDingTalk', async (asked: object) => {
        const body = JSON.stringify({ ...asked, userId: 'zhangsan' });
        const headers = { 'content-type': 'application/json' };
        return (await fetch(`${stack.urls.simulator}/_sim/auth-code`, { method: 'POST', headers, body })).json();
      });
      await prepared.addInitScript(script);
    },
  );
  await page.getByRole('link', { name: 'Sign in with DingTalk' }).click();
  await expect.poll(() => page.locator('h2').innerText()).toBe(`Message ${id}`);
  expect(new URL(page.url()).pathname).toBe('/console');
});

test('who is listed for reading looks, and who is not listed sees nothing', async () => {
  const { page: looks } = await chromium.visit(`${stack.urls.api}/console`);
  await signInBy(looks, '四哥');
  await expect.poll(() => looks.locator('main').innerText()).toContain('"lisi" may only read');
  const { page } = await chromium.visit(`${stack.urls.api}/console`);
  await signInBy(page, 'wangwu88');
  await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/not listed/);
  expect(await page.locator('nav').count()).toBe(0);
  expect(await violations(page)).toEqual([]);
});

test('a tab that nobody sees asks nothing, and asks again when it is seen', async () => {
  const { page } = await chromium.visit(`${stack.urls.api}/console`, {}, async (prepared) => {
    await prepared.addInitScript(`sessionStorage.setItem('dingdock-key', 'local');
      Object.defineProperty(document, 'hidden', { get: () => Boolean(window.away) })`);
    await prepared.clock.install();
  });
  await settled(page);
  let asked = 0;
  page.on('request', () => {
    asked += 1;
  });
  const turn = (away: boolean) =>
    page.evaluate(`away = ${away}; document.dispatchEvent(new Event('visibilitychange'))`);
  await turn(true);
  await page.clock.runFor(600_000);
  expect(asked).toBe(0);
  await turn(false);
  await expect.poll(() => asked).toBe(3);
});

test('nobody frames the console, its answers are kept nowhere, and what holds a token is not shown or remembered', async () => {
  const { headers } = await fetch(`${stack.urls.api}/console`);
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  const { page } = await chromium.visit(`${stack.urls.api}/console#/d/alerts`, {}, async (prepared) => {
    await prepared.addInitScript(`sessionStorage.setItem('dingdock-key', 'local');
      window.asked = []; const ask = window.fetch; window.fetch = (to, init) => (asked.push(init?.cache), ask(to, init))`);
  });
  const webhook = page.getByLabel(/Address of the robot/);
  await webhook.waitFor();
  expect([await webhook.getAttribute('type'), await webhook.getAttribute('autocomplete')]).toEqual(['password', 'off']);
  const asked = await page.evaluate('[...new Set(asked)]');
  expect(asked).toEqual(['no-store']);
});

test('an address that cannot be read shows today, and no blank page', async () => {
  const { page, errors } = await open('local', '#/m/%zz');
  await page.getByRole('region', { name: 'Needs you' }).waitFor();
  expect(errors).toEqual([]);
});

test('a wrong key is told why, and is not kept; the language stays with the view', async () => {
  const { page } = await chromium.visit(`${stack.urls.api}/console#/d`);
  await page.getByLabel('API key').fill('nobody');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/key_unknown/);
  expect(await page.evaluate(`sessionStorage.length`)).toBe(0);
  await page.getByLabel('API key').fill('local');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: '中文' }).click();
  await expect.poll(() => page.locator('h2').innerText()).toBe('目的地');
  await page.getByRole('button', { name: '退出' }).click();
  await page.reload();
  await expect.poll(() => page.getByLabel('API 密钥').count()).toBe(1);
});
