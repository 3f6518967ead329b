import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import * as v from 'valibot';
import { API_KEY } from '../../stage/local-secret.ts';
import { startStack } from '../stack.ts';
import { pictureAlarm } from './picture-alarm.ts';
import { openBrowser, openPage, savePicture, sideBySide } from './picture-page.ts';

/**
 * Makes the README's pictures: its own things to try on the simulator's page, a task's page, a question's and the sign-in on
 * a phone, and an alarm on its card.
 */
const Dispatched = v.object({ links: v.object({ pages: v.record(v.string(), v.string()) }) });
const ANY_PORT = { api: 0, simulator: 0, aws: 0, dynamodb: 0, lambda: 0 };

const stateDir = mkdtempSync(join(tmpdir(), 'dingdock-'));
const stack = await startStack({ ports: ANY_PORT, stateDir, app: { signIn: true } });
try {
  await fillWithExamples(stack.urls.api, stack.urls.aws, `${stack.urls.simulator}`);
  const browser = await openBrowser();
  const desk = `${stack.urls.simulator}/#as=zhangsan&in=${encodeURIComponent('cidOps=')}`;
  await savePicture(browser, 'simulator', await (await openPage(browser, desk)).screenshot());

  await onPhones(browser, 'task-page', await dispatchExample(stack.urls.api));
  await onPhones(browser, 'approval-page', await askExample(stack.urls.api), { height: 480 });
  await asShown(browser, 'approval-card', { simulator: `${stack.urls.simulator}`, conversation: 'cidProject=' });
  await onPhones(browser, 'sign-in-page', `${stack.urls.api}/sign-in?to=/t/t_any`);
  const signIn = async (page: Page) => {
    await page.getByRole('button', { name: '使用本机密钥' }).click();
    await page.locator('section').first().waitFor();
  };
  await onPhones(browser, 'console-page', await consoleExample(stack.urls.api), { height: 338, press: signIn });
  await savePicture(
    browser,
    'alarm-card',
    await pictureAlarm(browser, { api: stack.urls.api, simulator: `${stack.urls.simulator}` }),
  );
  await browser.close();
} finally {
  await stack.stop();
  rmSync(stateDir, { recursive: true, force: true });
}

/** A page as it is on a phone, light and dark, side by side; `height`: so much of it, after something was pressed. */
async function onPhones(
  browser: Browser,
  name: string,
  url: string,
  { height, press }: { height?: number; press?: (page: Page) => Promise<void> } = {},
): Promise<void> {
  const phone = { viewport: { width: 350, height: 300 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' };
  const pictures = await Promise.all(
    (['light', 'dark'] as const).map(async (colorScheme) => {
      const page = await openPage(browser, url, { ...phone, colorScheme });
      await press?.(page);
      return page.screenshot({ fullPage: true });
    }),
  );
  await savePicture(browser, name, await sideBySide(browser, pictures, height === undefined ? {} : { height }));
}

/** The newest card in a conversation as a phone shows it, with its line in the list and its push. */
async function asShown(browser: Browser, name: string, at: { simulator: string; conversation: string }): Promise<void> {
  const conversation = encodeURIComponent(at.conversation);
  const said = await fetch(`${at.simulator}/_sim/messages?conversation=${conversation}`);
  const messages = v.parse(v.array(v.object({ id: v.string(), msgtype: v.string() })), await said.json());
  const card = messages.findLast(({ msgtype }) => msgtype === 'actionCard');
  const viewport = { width: 900, height: 1_400 };
  const page = await openPage(browser, `${at.simulator}/#as=zhangsan&in=${conversation}`, {
    viewport,
    locale: 'zh-CN',
  });
  await page.locator(`[data-id="${card?.id}"] .looks`).click();
  await savePicture(browser, name, await page.locator('#compare .look-column.phone').screenshot());
}

/** A task that lisi has accepted; answers zhangsan's page of it. */
async function dispatchExample(api: string): Promise<string> {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  const body = {
    title: '检查 billing-api 2.14.0 的告警',
    due: new Date(Date.now() + 24 * 3600_000).toISOString(),
    assignees: ['zhangsan', 'lisi'],
    url: 'https://status.example.com/billing',
  };
  const answer = await fetch(`${api}/tasks`, { method: 'POST', headers, body: JSON.stringify(body) });
  const { links } = v.parse(Dispatched, await answer.json());
  const lisi = new URL(links.pages.lisi ?? '');
  const form = new URLSearchParams([...lisi.searchParams, ['action', 'accept'], ['comment', '我看前端，你看后端？']]);
  await fetch(`${lisi.origin}${lisi.pathname}`, { method: 'POST', body: form });
  return links.pages.zhangsan ?? '';
}

/** A question to two; answers lisi's page of it. */
async function askExample(api: string): Promise<string> {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  const body = { question: '发布 2.14.0？', approvers: { people: ['zhangsan', 'lisi'], quorum: 2 }, to: 'project' };
  const answer = await fetch(`${api}/approvals`, { method: 'POST', headers, body: JSON.stringify(body) });
  return v.parse(Dispatched, await answer.json()).links.pages.lisi ?? '';
}

/** The console with a message that failed and one that waits; answers its address. */
async function consoleExample(api: string): Promise<string> {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', prefer: 'wait=20' };
  const ask = (method: string, path: string, body: object) =>
    fetch(`${api}${path}`, { method, headers, body: JSON.stringify(body) }).then((answer) => answer.text());
  const webhook = 'https://oapi.dingtalk.com/robot/send?access_token=simopsrobot';
  await ask('PUT', '/destinations/alerts', { webhook, secret: 'SECmistyped' });
  await ask('POST', '/messages', { to: 'alerts', text: '磁盘快满了' });
  const sendAt = new Date(Date.now() + 3600_000).toISOString();
  await ask('POST', '/messages', { to: 'project', text: '明天见', sendAt });
  return `${api}/console`;
}

async function fillWithExamples(api: string, s3: string, simulator: string) {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', prefer: 'wait=20' };
  const post = (path: string, body: object) =>
    fetch(`${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }).then((answer) => answer.text());
  await post('/messages', { to: 'ops', text: '你好，dingdock 已经接好了' });
  const report =
    '### 部署完成 Deployed\n\n- **服务** billing-api 2.14.0\n- **环境** production\n\n> 2 分 31 秒，0 个错误';
  await post('/messages', { to: 'ops', markdown: { title: '部署完成', text: report } });
  await post('/tasks', { title: '看一下新版本的告警', assignees: ['zhangsan', 'lisi'], notify: 'ops' });
  const name = encodeURIComponent('季度报告 2026.pdf');
  await fetch(`${s3}/uploads/share/project/${name}`, { method: 'PUT', body: new Uint8Array(180_000) });
  await fetch(`${s3}/uploads/share/ops/${name}`, { method: 'PUT', body: new Uint8Array(180_000) });
  const say = { from: 'lisi', text: '收到，马上看', conversation: 'cidOps=' };
  await fetch(`${simulator}/_sim/say`, { method: 'POST', headers, body: JSON.stringify(say) });
  await fetch(`${simulator}/_sim/events`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ EventType: 'user_add_org', UserId: ['wangwu'] }),
  });
  await delay(2_500);
}
