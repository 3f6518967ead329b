import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';
import { API_KEY } from './seed.ts';
import { startStack } from './stack.ts';

/** Makes the README's picture: the README's own three things to try, as the simulator's page shows them. */
const FONT = 'node_modules/@fontsource-variable/noto-sans-sc';
const PICTURE = 'docs/simulator.png';
const ANY_PORT = { api: 0, simulator: 0, aws: 0, dynamodb: 0, lambda: 0 };

const stateDir = mkdtempSync(join(tmpdir(), 'dingdock-'));
const stack = await startStack({ ports: ANY_PORT, stateDir });
try {
  await fillWithExamples(stack.urls.api, stack.urls.aws, `${stack.urls.simulator}`);
  const executablePath = await chromium.executablePath();
  const browser = await playwright.launch({ executablePath, args: chromium.args, headless: true });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  // The browser brings no Chinese letters of its own.
  await page.route('**/fonts/**', (route) =>
    route.fulfill({ path: join(FONT, new URL(route.request().url()).pathname.slice(6)) }),
  );
  await page.goto(`${stack.urls.simulator}/#as=zhangsan&in=${encodeURIComponent('cidOps=')}`);
  await page.addStyleTag({ url: '/fonts/wght.css' });
  await page.addStyleTag({ content: "* { font-family: 'Noto Sans SC Variable', sans-serif !important }" });
  await delay(500);
  await page.evaluate('document.fonts.ready');
  await delay(1_500);
  mkdirSync('docs', { recursive: true });
  await page.screenshot({ path: PICTURE });
  await browser.close();
  console.log(`${PICTURE}: ${readFileSync(PICTURE).length} bytes`);
} finally {
  await stack.stop();
  rmSync(stateDir, { recursive: true, force: true });
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
