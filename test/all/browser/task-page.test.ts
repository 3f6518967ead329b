import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTaskTable } from '../../../lib/aws/tables/task-table.ts';
import { createPageLinks } from '../../../lib/base/visitor/page-link.ts';
import { createSessions } from '../../../lib/base/visitor/session.ts';
import { changeAndTell } from '../../../lib/tasks/change-task.ts';
import type { Action } from '../../../lib/tasks/life-cycle.ts';
import { actOnTask, formFields } from '../../../lib/tasks/page/act-on-task.ts';
import { openTask } from '../../../lib/tasks/page/open-task.ts';
import type { Task } from '../../../lib/tasks/task.ts';
import { startTables } from '../../support/tables.ts';
import { task } from '../../support/tasks.ts';
import { browser, violations } from './browser.ts';

/** The task page in a browser, with its use cases behind a bare server and the tasks in a table. */
const chromium = browser();
const START = Date.parse('2026-11-22T08:00:00Z');
const DAY_MS = 24 * 3600_000;
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const sign = (purpose: string, text: string) =>
  createHmac('sha256', 'key').update(`${purpose}\n${text}`).digest('base64url').slice(0, 22);

/** Nobody has signed in; sessions have tests of their own (sign-in.test.ts). */
const NO_SESSIONS = {
  sessions: createSessions({ key: 'key', now: () => now }),
  departures: { leftAt: async () => undefined },
};

/** Its people tap as often as the tests ask. */
const NO_LIMIT = { take: async () => ({ granted: true as const }), mayTell: async () => true };

let tables: Awaited<ReturnType<typeof startTables>>;
let now = START;
let made = 0;
const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', publicUrl());
  const id = pathname.split('/').at(-1) ?? '';
  const headers = { 'accept-language': request.headers['accept-language'] };
  const deps = { ...links(), ...ports(), ...NO_SESSIONS, deeds: NO_LIMIT, now: () => now };
  const bytes = await buffer(request);
  const answer =
    request.method === 'POST'
      ? await actOnTask(deps, id, { fields: formFields(bytes), headers })
      : await openTask(deps, id, { fields: Object.fromEntries(searchParams), headers });
  response.writeHead(answer.status, answer.headers).end(answer.body);
});
beforeAll(async () => {
  tables = await startTables('tasks');
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});
afterAll(async () => {
  server.close();
  await tables.close();
});
beforeEach(() => {
  now = START;
});

function publicUrl() {
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

const links = () => createPageLinks({ publicUrl: publicUrl(), sign, now: () => now });
const ports = () => ({
  tasks: createTaskTable(tables.client, { table: 'tasks', lists: 'records' }, () => now),
  queue: { put: async () => undefined },
});

/** A new task in the table, and the address of a person's page of it. */
async function given(changes: Partial<Task> = {}, states: Parameters<typeof task>[1] = {}) {
  made += 1;
  const fresh = task({ id: `t_${made}`, ...changes }, states);
  await ports().tasks.create(fresh);
  return {
    id: fresh.id,
    page: (userId?: string) => links().pageUrl(fresh, userId),
    elsewhere: (action: Action, by: string) => changeAndTell(ports(), fresh.id, action, { by, via: 'card', at: now }),
    now: () => ports().tasks.get(fresh.id),
  };
}

const tap = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const standing = (page: Page) => page.locator('.note:not(.bad)').innerText();
const lines = (page: Page) => page.locator('ol li').allInnerTexts();

test.each([
  ['with script', {}],
  ['without script', { javaScriptEnabled: false }],
])('zhangsan accepts and finishes on a phone %s, and the history says so', async (_name, options) => {
  const { page: address, now: kept } = await given();
  const { page, hosts, errors } = await chromium.visit(address('zhangsan'), { ...PHONE, ...options });
  await expect.poll(() => standing(page)).toBe('This waits for you.');
  await tap(page, 'Accept');
  await expect.poll(() => standing(page)).toMatch(/You accepted/);
  await page.getByLabel('Comment').fill('都看过了 👌\n第二行');
  await tap(page, 'Done');
  await expect.poll(() => standing(page)).toMatch(/You are done/);
  await expect
    .poll(() => lines(page))
    .toEqual([
      expect.stringMatching(/^张三 is done\n都看过了 👌\n第二行\n2026-11-22 .* · page$/),
      expect.stringMatching(/^张三 accepted\n/),
      expect.stringMatching(/^某公司 dispatched the task\n/),
    ]);
  expect(await kept()).toMatchObject({
    status: 'accepted',
    history: [{}, { by: 'zhangsan', via: 'page' }, { action: 'done', comment: '都看过了 👌\n第二行' }],
  });
  expect([[...hosts], errors]).toEqual([[new URL(publicUrl()).host], []]);
  // a reload asks for the page, and sends no form again
  await page.reload();
  expect((await kept())?.version).toBe(3);
});

test('two taps are one step, with script and without', async () => {
  for (const javaScriptEnabled of [true, false]) {
    const { page: address, now: kept } = await given();
    const { page } = await chromium.visit(address('zhangsan'), { ...PHONE, javaScriptEnabled });
    await page.getByLabel('Comment').fill('once');
    await page.getByRole('button', { name: 'Done' }).dblclick();
    await expect.poll(() => standing(page)).toMatch(/You are done/);
    await expect.poll(() => page.locator('.bad').count()).toBe(0);
    expect((await kept())?.history).toHaveLength(2);
  }
});

test('a tap after somebody else finished says how it stands, and gives the comment back', async () => {
  const { page: address, elsewhere, now: kept } = await given({ completion: 'any' });
  const { page } = await chromium.visit(address('zhangsan'), PHONE);
  await page.getByLabel('Comment').fill('I looked at <billing> as well');
  await elsewhere({ type: 'done', userId: 'lisi' }, 'lisi');
  await tap(page, 'Done');
  await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/closed before your tap/);
  await expect.poll(() => page.locator('#unsent').inputValue()).toBe('I looked at <billing> as well');
  await expect.poll(() => standing(page)).toMatch(/The task is done/);
  await expect.poll(() => page.getByRole('button').count()).toBe(0);
  await expect.poll(async () => (await lines(page))[0]).toMatch(/^李四 is done\n.* card$/);
  expect((await kept())?.version).toBe(2);
  await expect.poll(() => violations(page)).toEqual([]);
});

test('a comment on what was done already elsewhere is given back, not dropped', async () => {
  const { page: address, elsewhere } = await given();
  const { page } = await chromium.visit(address('zhangsan'), PHONE);
  await page.getByLabel('Comment').fill('by the way');
  await elsewhere({ type: 'done', userId: 'zhangsan' }, 'zhangsan');
  await tap(page, 'Done');
  await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/recorded before/);
  await expect.poll(() => page.getByLabel('Comment').inputValue()).toBe('by the way');
  await tap(page, 'Not done yet');
  await expect.poll(() => standing(page)).toBe('This waits for you.');
  await expect.poll(async () => (await lines(page))[0]).toMatch(/^张三 is not done after all\nby the way\n/);
});

test('a person who was taken off is told, and keeps what they wrote', async () => {
  const { page: address, elsewhere } = await given();
  const { page } = await chromium.visit(address('zhangsan'), PHONE);
  await page.getByLabel('Comment').fill('finished anyway');
  await elsewhere({ type: 'people', add: [], remove: ['zhangsan'] }, 'key:ci');
  await tap(page, 'Done');
  await expect.poll(() => page.locator('h1').innerText()).toMatch(/no longer yours/);
  await expect.poll(() => page.locator('#unsent').inputValue()).toBe('finished anyway');
  expect(await page.content()).not.toContain('看一下新版本');
  await expect.poll(() => violations(page)).toEqual([]);
});

test('a foreign signature opens nothing, and does nothing in a form', async () => {
  const { id, page: address, now: kept } = await given();
  const lisis = new URL(address('lisi')).searchParams;
  const forged = new URLSearchParams({ p: 'zhangsan', e: lisis.get('e') ?? '', s: lisis.get('s') ?? '' });
  const { page, status } = await chromium.visit(`${publicUrl()}/t/${id}?${forged}`);
  expect([status, await page.locator('h1').innerText()]).toEqual([403, '这不是你的链接\nNot your link']);
  expect(await page.content()).not.toContain('看一下新版本');
  await expect.poll(() => violations(page)).toEqual([]);
  const post = (form: URLSearchParams, query = '') =>
    fetch(`${publicUrl()}/t/${id}${query}`, { method: 'POST', body: form, redirect: 'manual' });
  const done = { action: 'done' };
  expect((await post(new URLSearchParams({ ...Object.fromEntries(forged), ...done }))).status).toBe(403);
  // the proof goes in the body: an address that somebody lures a browser to is none
  expect((await post(new URLSearchParams(done), new URL(address('zhangsan')).search)).status).toBe(401);
  // a link that only shows cannot act, and an action must be one
  const reader = Object.fromEntries(new URL(address()).searchParams);
  expect((await post(new URLSearchParams({ ...reader, ...done }))).status).toBe(400);
  const own = Object.fromEntries(new URL(address('zhangsan')).searchParams);
  expect((await post(new URLSearchParams({ ...own, action: 'cancel' }))).status).toBe(400);
  expect((await post(new URLSearchParams({ ...own, ...done, comment: '长'.repeat(1001) }))).status).toBe(422);
  expect((await kept())?.version).toBe(1);
  expect((await post(new URLSearchParams({ ...own, ...done, comment: '长'.repeat(1000) }))).status).toBe(303);
});

test('an old link says so, and where to find a new one', async () => {
  const { page: address, now: kept } = await given();
  const url = address('zhangsan');
  now += 181 * DAY_MS;
  const { page, status } = await chromium.visit(url, PHONE);
  expect([status, await page.locator('h1').innerText()]).toEqual([410, '链接已过期\nThis link is too old']);
  await expect.poll(() => page.locator('main').innerText()).toMatch(/从钉钉重新打开[\s\S]*Open it again from DingTalk/);
  await expect.poll(() => violations(page)).toEqual([]);
  const form = new URLSearchParams([...new URL(url).searchParams, ['action', 'done']]);
  expect((await fetch(url.split('?')[0] ?? '', { method: 'POST', body: form })).status).toBe(410);
  expect((await kept())?.version).toBe(1);
});

test('a link without a person only shows the task', async () => {
  const { page: address } = await given();
  const { page, status } = await chromium.visit(address());
  expect([status, await standing(page)]).toEqual([200, expect.stringMatching(/only shows/)]);
  await expect.poll(() => page.getByRole('button').count()).toBe(0);
});

const LONG: Partial<Task> = {
  title: `\u202eevil ${'很长'.repeat(150)} <img src=x onerror=alert(1)> ${'w'.repeat(200)}`,
  description: `مرحبا\n${'x'.repeat(500)}`,
  due: '2026-11-22T07:00:00Z',
  url: `https://example.com/${'a'.repeat(300)}`,
  data: { 构建: 17, nested: { a: ['</script><script>alert(1)</script>'] } },
  history: Array.from({ length: 200 }, (_, n) => ({ ...task().history[0]!, version: n + 1, comment: `<b>${n}` })),
};

test.each([
  ['light', 'zh-CN', { colorScheme: 'light' as const }],
  ['dark', 'en-GB', { colorScheme: 'dark' as const }],
])(
  'the fullest page is clean for axe and no wider than a phone, %s, for a browser that speaks %s',
  async (_name, locale, options) => {
    const states = Object.fromEntries(Array.from({ length: 98 }, (_, n) => [`user${n}`, 'declined' as const]));
    const { page: address } = await given(LONG, { ...states, lisi: 'done' });
    const { page, errors } = await chromium.visit(address('zhangsan'), { ...PHONE, locale, ...options });
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe(locale);
    await expect.poll(() => page.locator('h1').innerText()).toContain('<img src=x onerror=alert(1)>');
    // the folded lines are like the others, and many
    await expect.poll(() => violations(page)).toEqual([]);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await expect.poll(() => page.locator('li').count()).toBe(300);
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const heights = await page
      .locator('button, summary, .top a')
      .evaluateAll((nodes) => nodes.map((node) => node.clientHeight || node.getBoundingClientRect().height));
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
    expect(errors).toEqual([]);
  },
);

test('the other language is one tap away and stays', async () => {
  const { page: address } = await given();
  const { page } = await chromium.visit(address('zhangsan'), { ...PHONE, locale: 'de-DE' });
  await page.getByRole('link', { name: 'English' }).click();
  await expect.poll(() => standing(page)).toBe('This waits for you.');
  await tap(page, 'Decline');
  await expect.poll(() => standing(page)).toMatch(/You declined/);
  await page.getByRole('link', { name: '中文' }).click();
  await expect.poll(() => standing(page)).toMatch(/你已拒绝/);
});

test("times are the reader's where there is script, and those of DingTalk's people where there is none", async () => {
  const { page: address } = await given({ due: '2026-11-22T10:00:00Z' });
  const due = async (options: object) => {
    const { page } = await chromium.visit(address('zhangsan'), { ...PHONE, timezoneId: 'Europe/Berlin', ...options });
    return [await page.locator('dd time').innerText(), await page.locator('.zone').innerText()];
  };
  expect(await due({})).toEqual([
    '2026-11-22 11:00',
    expect.stringMatching(/^Times: Central European (Standard )?Time$/),
  ]);
  expect(await due({ javaScriptEnabled: false })).toEqual([
    '2026-11-22 18:00',
    expect.stringMatching(/^Times: China (Standard )?Time$/),
  ]);
});
