import { type ClientKind, simulatedClient } from 'dingtalk-simulator';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Loose } from '../../simulator/desk.ts';
import { pageOf } from '../../support/links.ts';
import { startTestStack } from '../../support/stack.ts';
import { browser, violations } from './browser.ts';

/** Who is looking: from a link in DingTalk to the person's own buttons, in each of its clients and in other browsers. */
const chromium = browser();
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
let stack: Awaited<ReturnType<typeof startTestStack>>;

beforeAll(async () => {
  stack = await startTestStack({ app: { signIn: true } });
  await sim('POST', '/settings', { signIn: { redirectLiteral: true } });
  const { api } = stack.urls;
  const lists = { redirectUrls: [`${api}/sign-in/callback`], ssoUrls: [api] };
  await sim('POST', '/apps', { appKey: 'dingsimapp', appSecret: 'dingsimsecret', ...lists });
});
afterAll(() => stack?.stop());

const json = { 'content-type': 'application/json' };
async function sim(method: string, path: string, body?: object): Promise<Loose> {
  const url = `${stack.urls.simulator}/_sim${path}`;
  return (await fetch(url, { method, headers: json, ...(body && { body: JSON.stringify(body) }) })).json();
}

const PEOPLE = { assignees: ['zhangsan', 'lisi', 'wangwu'], notify: ['ops', 'project'] };
/** A task for three, in two groups, with the links that its readers get. */
async function dispatch(title: string, more: object = {}) {
  const body = JSON.stringify({ title, ...PEOPLE, ...more });
  const headers = { ...json, authorization: 'Bearer local' };
  const answer = await fetch(`${stack.urls.api}/tasks`, { method: 'POST', headers, body });
  const task: Loose = await answer.json();
  const said = async (conversation: string, of: (text: string) => boolean = () => true) => {
    const messages: Loose[] = await sim('GET', `/messages?conversation=${encodeURIComponent(conversation)}`);
    return messages.find(({ text = '' }) => text.includes(title) && of(text));
  };
  const linkIn = async (find: () => Promise<Loose | undefined>) => {
    await expect.poll(find).toBeDefined();
    return pageOf(JSON.stringify(await find()));
  };
  const now = async (): Promise<Loose> => (await fetch(`${stack.urls.api}/tasks/${task.id}`, { headers })).json();
  return { ...task, said, linkIn, now, state: async () => (await now()).assignees[1].state };
}

/** Opens an address in one of DingTalk's clients, as somebody. */
function inside(url: string, { client = 'ios', as = 'lisi', clock = false, ...options }: Loose = {}) {
  const { userAgent, script } = simulatedClient(client as ClientKind);
  return chromium.visit(url, { ...PHONE, userAgent, ...options }, async (page) => {
    await page.exposeFunction('askDingTalk', (asked: object) => sim('POST', '/auth-code', { ...asked, userId: as }));
    await page.addInitScript(script);
    if (clock) await page.clock.install();
  });
}

const standing = (page: Page) => page.locator('.note:not(.bad):visible').innerText();
const tap = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

test.each(['ios', 'android', 'harmony', 'pc'])(
  'lisi taps the link of a group message in DingTalk (%s), sees her buttons, and is done',
  async (client) => {
    const task = await dispatch(`三人核对 ${client}`);
    const { page, errors } = await inside(await task.linkIn(() => task.said('cidOps=')), { client });
    await expect.poll(() => standing(page)).toBe('This waits for you.');
    // the page stands in its own place, and a reload finds the session
    expect(new URL(page.url()).pathname).toBe(`/t/${task.id}`);
    await page.getByLabel('Comment').fill('都看过了');
    await tap(page, 'Done');
    await expect.poll(() => standing(page)).toMatch(/You are done/);
    expect((await task.now()).history.at(-1)).toMatchObject({ by: 'lisi', via: 'page', comment: '都看过了' });
    await page.reload();
    await expect.poll(() => standing(page)).toMatch(/You are done/);
    expect(errors).toEqual([]);
  },
);

test('the links of a to-do, a reminder and a card lead her to the same buttons', async () => {
  const due = new Date(Date.now() + 3600_000).toISOString();
  const task = await dispatch('发布前检查', { via: ['todo', 'message', 'card'], due, remindBefore: 120 });
  const todo = async () => ((await sim('GET', '/todos')) as Loose[]).find(({ sourceId }) => sourceId === task.id);
  const reminded = async () => {
    await stack.invoke('chase-tasks', {});
    return task.said('lisi', (text: string) => text.includes('⏰'));
  };
  const places = [
    ['to-do', await task.linkIn(todo)],
    ['card', await task.linkIn(() => task.said('cidProject='))],
    ['reminder', await task.linkIn(reminded)],
  ] as const;
  for (const [place, link] of places) {
    expect([place, new URL(link).pathname]).toEqual([place, `/t/${task.id}`]);
    const { page } = await inside(link);
    await expect
      .poll(() => page.getByRole('button').allInnerTexts(), { message: place })
      .toEqual(['Accept', 'Done', 'Decline']);
  }
});

test('a page that gets no cookies, as in a frame, acts by the session in its memory, and asks for another when that is over', async () => {
  const task = await dispatch('没有 cookie');
  const { page } = await inside(await task.linkIn(() => task.said('cidOps=')));
  await expect.poll(() => standing(page)).toBe('This waits for you.');
  await page.context().clearCookies();
  await tap(page, 'Accept');
  await expect.poll(() => standing(page)).toMatch(/You accepted/);
  await page.getByRole('link', { name: '中文' }).click();
  await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('zh-CN');
  // two taps are one, here too
  await page.getByRole('button', { name: '完成', exact: true }).dblclick();
  await expect.poll(task.state).toBe('done');
  expect((await task.now()).history).toHaveLength(3);
});

test('in a desktop browser she signs in by DingTalk’s page once, and the next link knows her', async () => {
  const [task, next] = [await dispatch('浏览器里的任务'), await dispatch('下一个任务')];
  const { page, hosts } = await chromium.visit(await task.linkIn(() => task.said('cidOps=')));
  expect(await page.content()).not.toContain('浏览器里的任务');
  await expect.poll(() => violations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Sign in with DingTalk' }).click();
  await page.getByRole('button', { name: '四哥' }).click();
  await page.getByRole('button', { name: '同意' }).click();
  await expect.poll(() => standing(page)).toBe('This waits for you.');
  await tap(page, 'Done');
  await expect.poll(task.state).toBe('done');
  await page.goto(await next.linkIn(() => next.said('cidOps=')));
  await expect.poll(() => standing(page)).toBe('This waits for you.');
  expect([...hosts].sort()).toEqual(
    [stack.urls.api, stack.urls.simulator ?? ''].map((url) => new URL(url).host).sort(),
  );
});

test.each([
  ['an external contact in the client', 'ext-partner'],
  ['a stranger in the client', 'union-stranger'],
])('%s is refused, and nothing of the task leaks', async (_name, as) => {
  const task = await dispatch('内部任务');
  const seen: string[] = [];
  const { page } = await inside(await task.linkIn(() => task.said('cidOps=')), { as });
  page.on('response', async (answer) => seen.push(await answer.text().catch(() => '')));
  await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/Nothing here for you/);
  await expect.poll(() => violations(page)).toEqual([]);
  expect([await page.content(), ...seen].join()).not.toContain('内部任务');
  expect(await page.context().cookies()).toEqual([]);
});

test('an external contact in a desktop browser is refused after the sign-in', async () => {
  const task = await dispatch('内部任务');
  const { page } = await chromium.visit(await task.linkIn(() => task.said('cidOps=')));
  await page.getByRole('link', { name: 'Sign in with DingTalk' }).click();
  await page.getByRole('button', { name: '合作伙伴' }).click();
  await page.getByRole('button', { name: 'dingpartner' }).click();
  await page.getByRole('button', { name: '同意' }).click();
  await expect.poll(() => page.locator('h1').innerText()).toMatch(/Nothing here for you/);
  await expect.poll(() => violations(page)).toEqual([]);
  expect(await page.content()).not.toContain('内部任务');
});

test('a client that answers no, nothing, or is none leads to the button; a phone’s browser into DingTalk first', async () => {
  const task = await dispatch('问不到是谁');
  const link = await task.linkIn(() => task.said('cidOps='));
  const button = (page: Page) => page.getByRole('link', { name: 'Sign in with DingTalk' });
  await sim('POST', '/settings', { signIn: { client: 'cancels' } });
  const { page } = await inside(link);
  await expect.poll(() => button(page).isVisible()).toBe(true);
  await expect.poll(() => violations(page)).toEqual([]);
  await sim('POST', '/settings', { signIn: { client: 'silent' } });
  const { page: waiting } = await inside(link, { clock: true });
  const later = async () => {
    await waiting.clock.runFor(1000);
    return button(waiting).isVisible();
  };
  await expect.poll(later).toBe(true);
  await sim('POST', '/settings', { signIn: { client: 'answers' } });
  const { page: bare } = await inside(link, { client: 'bare' });
  await expect.poll(() => button(bare).isVisible()).toBe(true);
  const agent =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Version/18.4 Mobile/15E148';
  const { page: phone } = await chromium.visit(link, { ...PHONE, userAgent: agent });
  const [first] = await phone.locator('a.button').all();
  expect(pageOf((await first?.getAttribute('href')) ?? '')).toBe(link);
});

test.each([
  ['light', 'zh-CN'],
  ['dark', 'en-GB'],
] as const)(
  'the pages of the sign-in are clean for axe and no wider than a phone, %s, in %s',
  async (colorScheme, locale) => {
    const { api } = stack.urls;
    for (const path of ['/sign-in?to=/t/t_any', '/sign-in?to=//evil', '/sign-in/callback?state=x']) {
      const { page } = await chromium.visit(`${api}${path}`, { ...PHONE, colorScheme, locale });
      await expect.poll(() => violations(page)).toEqual([]);
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      const heights = await page
        .locator('a.button')
        .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height));
      for (const height of heights) expect(height).toBeGreaterThanOrEqual(44);
    }
  },
);

/** A question to lisi and others, which is decided where the choice is given. */
async function ask(choice?: string) {
  const headers = { ...json, authorization: 'Bearer local' };
  const asked = {
    question: `发布 2.14.0 到生产？ ${'w'.repeat(120)}`,
    details: `12 commits\n${'很长'.repeat(100)}`,
    choices: [{ id: 'approve' }, { id: 'staging', label: '只到预发' }, { id: 'reject', comment: true }],
    approvers: { people: ['zhangsan', 'lisi', 'wangwu'], quorum: 2 },
    data: { build: 17, nested: { a: ['</script><script>alert(1)</script>'] } },
    asker: 'wangwu',
    to: 'project',
  };
  const body = JSON.stringify(asked);
  const approval: Loose = await (await fetch(`${stack.urls.api}/approvals`, { method: 'POST', headers, body })).json();
  if (choice) {
    // somebody else: the taps of lisi in a minute are counted
    const { searchParams, origin, pathname } = new URL(approval.links.pages.zhangsan);
    const form = new URLSearchParams([...searchParams, ['choice', choice], ['comment', '今天不行']]);
    await fetch(`${origin}${pathname}`, { method: 'POST', body: form });
  }
  return approval;
}

test.each([
  ['light', 'zh-CN'],
  ['light', 'en-GB'],
  ['dark', 'zh-CN'],
  ['dark', 'en-GB'],
] as const)(
  'the page of an approval is clean for axe and no wider than a phone, %s, in %s',
  async (colorScheme, locale) => {
    const [open, over] = [await ask(), await ask('reject')];
    for (const [url, buttons] of [
      [open.links.pages.lisi, 3],
      [open.links.pages.wangwu, 3],
      [over.links.pages.lisi, 0],
    ] as const) {
      const { page, errors } = await chromium.visit(url, { ...PHONE, colorScheme, locale });
      await expect.poll(() => page.locator('html').getAttribute('lang')).toBe(locale);
      await expect.poll(() => page.getByRole('button').count()).toBe(buttons);
      await expect.poll(() => violations(page)).toEqual([]);
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      const heights = await page
        .locator('button, .top a')
        .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height));
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
      expect(errors).toEqual([]);
    }
  },
);

test('the link of a question in a group is one tap to her own buttons, and the decision is hers', async () => {
  const { id, links } = await ask();
  const { page } = await inside(links.page);
  await expect.poll(() => page.getByRole('button').count()).toBe(3);
  await page.locator('textarea').fill('先等等');
  await tap(page, '拒绝');
  const now = async (): Promise<Loose> =>
    (await fetch(`${stack.urls.api}/approvals/${id}`, { headers: { authorization: 'Bearer local' } })).json();
  await expect
    .poll(now)
    .toMatchObject({ decision: { choice: 'reject', by: { id: 'lisi', via: 'page' }, comment: '先等等' } });
  await expect.poll(() => page.getByRole('button').count()).toBe(0);
});
