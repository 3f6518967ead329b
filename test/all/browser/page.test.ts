import { execFile } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { startSimulator } from 'dingtalk-simulator';
import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { desk, text } from '../../simulator/desk.ts';
import { receiver, sealed } from '../../simulator/receiver.ts';
import { browser, violations } from './browser.ts';

const here = desk();
const owner = receiver();
const chromium = browser();

beforeEach(() => here.simulator.setCallbackUrl(owner.url));

const place = (page: Page, id: string) => page.locator(`[data-place="${id}"]`);
const be = (page: Page, userId: string) => page.locator(`[data-user="${userId}"]`).click();

async function card(outTrackId: string) {
  await here.api('POST', '/v1.0/card/instances/createAndDeliver', {
    cardTemplateId: 't',
    outTrackId,
    openSpaceId: 'dtv1.card//IM_GROUP.cidOps=',
    imGroupOpenSpaceModel: { supportForward: true },
    imGroupOpenDeliverModel: { robotCode: 'dingsimapp' },
    cardData: {
      cardParamMap: { title: '发布', state: '等待', buttons: JSON.stringify([{ text: 'Done', id: 'done' }]) },
    },
  });
}

async function todo() {
  await here.api('POST', '/v1.0/todo/users/union-zhangsan/tasks', {
    subject: '看一下新版本',
    executorIds: ['union-zhangsan', 'union-lisi'],
    detailUrl: { pcUrl: 'dingtalk://dingtalkclient/page/link?url=http%3A%2F%2Fpage.example%2Ft%2F1&pc_slide=false' },
  });
}

test('what an API sends appears as its reader sees it, and is read by whoever looks', async () => {
  const { page, hosts, errors } = await chromium.open(here.url);
  const message = '### 部署完成\n- **服务** billing\n\n@13800000002 请看';
  const at = { atMobiles: ['13800000002'] };
  await here.robot({ msgtype: 'markdown', markdown: { title: '部署完成', text: message }, at });
  const shown = page.locator('#board article');
  await shown.waitFor();
  await expect.poll(() => shown.locator('header').innerText()).toContain('运维机器人');
  await expect.poll(() => shown.locator('.h3').innerText()).toBe('部署完成');
  await expect.poll(() => shown.locator('li strong').innerText()).toBe('服务');
  await expect.poll(() => shown.locator('.named').innerText()).toBe('@李四');
  await expect.poll(() => shown.locator('.read').innerText()).toBe('read 1 of 3');
  await be(page, 'lisi');
  await expect.poll(() => shown.locator('.read').innerText()).toBe('read 2 of 3');
  expect((await here.sim('GET', '/messages'))[0].readBy).toEqual(['zhangsan', 'lisi']);
  expect([...hosts]).toEqual([new URL(here.url).host]);
  expect(errors).toEqual([]);
});

test('a message is text, whatever it looks like', async () => {
  const { page, errors } = await chromium.open(here.url);
  const evil = '<img src=x onerror="document.title=1"> [run](javascript:alert(1)) ![](javascript:alert(1))';
  await here.robot({ msgtype: 'markdown', markdown: { title: 'x', text: evil } });
  await page.locator('#board article').waitFor();
  // a tag is taken as one, so it is not shown; the mark says which
  await expect.poll(() => page.locator('#board .lost').innerText()).toContain('<img src=x');
  await expect.poll(() => page.locator('#board .bubble a, #board .bubble img').count()).toBe(0);
  expect([await page.title(), errors]).toEqual(['DingTalk simulator', []]);
});

test('being lisi: a text and a file reach the robot, and the file can be fetched', async () => {
  owner.react = () => ({ body: JSON.stringify(text('收到')) });
  const { page } = await chromium.open(here.url);
  await be(page, 'lisi');
  await place(page, 'robot').click();
  await page.locator('#words').fill('合同在这里');
  await page
    .locator('#attach')
    .setInputFiles({ name: '合同.pdf', mimeType: 'application/pdf', buffer: Buffer.from('pdf') });
  await page.locator('#words').press('Enter');
  await expect.poll(() => page.locator('#sent').innerText()).toMatch(/answered in \d+ ms/);
  expect(owner.seen.map((seen) => [seen.body.msgtype, seen.body.senderStaffId])).toEqual([
    ['text', 'lisi'],
    ['file', 'lisi'],
  ]);
  await expect.poll(() => page.locator('#board article').count()).toBe(4);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#board a.file').click()]);
  expect(download.suggestedFilename()).toBe('合同.pdf');
  expect(readFileSync(await download.path(), 'utf8')).toBe('pdf');
  await place(page, 'files').click();
  await expect.poll(() => page.locator('#board .file b').innerText()).toBe('合同.pdf');
});

test('a tap on Done reaches the owner of the card, whose answer changes it', async () => {
  await card('card-1');
  const cardData = { cardParamMap: { title: '发布', state: '完成' } };
  owner.react = () => ({ body: JSON.stringify({ cardData }) });
  const { page } = await chromium.open(here.url);
  await page.getByRole('button', { name: 'Done' }).click();
  await expect.poll(() => page.locator('#board article .bubble').innerText()).toContain('完成');
  expect(owner.seen[0]).toMatchObject({ path: '/dingtalk/cards', body: { outTrackId: 'card-1', userId: 'zhangsan' } });
  expect(JSON.parse(owner.seen[0]?.body.content).cardPrivateData.actionIds).toEqual(['done']);
});

test('a to-do is ticked off by each, opens its page, and the app hears of it', async () => {
  await here.sim('POST', '/settings', { todo: { tickable: true } });
  await todo();
  const { page } = await chromium.open(`${here.url}/#as=lisi&in=todos`);
  await expect.poll(() => page.locator('#board .buttons a').getAttribute('href')).toBe('http://page.example/t/1');
  await expect.poll(() => place(page, 'todos').locator('.fresh').innerText()).toBe('1');
  await page.getByRole('checkbox', { name: 'Done: 看一下新版本' }).check();
  await expect.poll(() => page.locator('#board dd').first().innerText()).toBe('张三、✓ 李四');
  await expect
    .poll(() => owner.seen[0]?.event)
    .toMatchObject({ EventType: 'todo_task_update', UnionIdList: expect.arrayContaining(['union-lisi']) });
  await be(page, 'zhangsan');
  await page.getByRole('checkbox').check();
  await page.locator('.todo.done').waitFor();
  expect((await here.sim('GET', '/todos'))[0]).toMatchObject({ done: true });
});

test('a fault from the drawer strikes the next call and shows under the hood', async () => {
  const { page } = await chromium.open(here.url);
  await page.locator('#faults-open').click();
  await page.locator('#fault-kind').selectOption('errcode');
  await page.locator('#fault-value').fill('-1');
  await page.locator('#fault-form [type=submit]').click();
  await page.locator('#fault-list code').waitFor();
  await expect.poll(() => page.locator('#fault-count').innerText()).toBe('1');
  expect((await here.robot(text('x'))).body.errcode).toBe(-1);
  await expect.poll(() => page.locator('#fault-count').isHidden()).toBe(true);
  await page.locator('#faults-close').click();
  expect((await here.robot(text('x'))).body.errcode).toBe(0);
  await page.locator('#kinds [value=failed]').click();
  await expect
    .poll(() => page.locator('#traffic summary').allInnerTexts())
    .toEqual([expect.stringMatching(/^200\s+-1\s+POST\s+\/robot\/send\s+fault: errcode/)]);
  await page.locator('#traffic summary').click();
  await expect.poll(() => page.locator('#traffic pre').last().innerText()).toContain('"errcode": -1');
  await expect.poll(() => page.locator('#traffic pre').nth(1).innerText()).toContain('"content": "x"');
  await page.locator('#kinds [value=all]').click();
  await page.locator('#filter').fill('nowhere');
  await expect.poll(() => page.locator('#traffic').innerText()).toBe('Nothing matches the filter.');
});

test('a call leads to its message and back, and is found by what stands in its answer', async () => {
  await here.group('sampleText', { content: '第一条' });
  await here.group('sampleText', { content: '第二条' });
  const [, { processQueryKey }] = (await here.sim('GET', '/calls?path=/v1.0/robot/*')).map(
    ({ answer }: { answer: { processQueryKey: string } }) => answer,
  );
  const { page, errors } = await chromium.open(here.url);
  await page.locator('#filter').fill(processQueryKey);
  await page.locator('#traffic summary').click();
  await page.getByRole('link', { name: 'Message in 项目群 Project' }).click();
  await page
    .locator('#board article')
    .last()
    .getByRole('link', { name: /^The API call call-/ })
    .click();
  await expect.poll(() => page.locator('#filter').inputValue()).toMatch(/^call-\d+$/);
  await expect.poll(() => page.locator('#traffic summary').count()).toBe(1);
  await expect.poll(() => page.locator('#traffic pre').last().innerText()).toContain(processQueryKey);
  expect(errors).toEqual([]);
});

test('a push that fails counts down to its next try and is seen to arrive', async () => {
  owner.react = () => ({ status: 500 });
  // not by itself while this is looked at, and within the minute that the page's button moves the clock
  await here.sim('POST', '/settings', { retryPlanMs: [55_000] });
  const { page } = await chromium.open(here.url, { permissions: ['clipboard-read', 'clipboard-write'] });
  await here.sim('POST', '/events', { EventType: 'check_in', StaffId: 'lisi' });
  const push = page.locator('#traffic .push');
  await expect.poll(() => push.locator('.next').innerText()).toMatch(/^next try in \d+ s$/);
  await push.locator('summary').click();
  await expect.poll(() => push.locator('pre').innerText()).toContain('"StaffId": "lisi"');
  await expect.poll(() => push.locator('.no').innerText()).toBe('answer refused: http 500');
  await push.getByRole('button', { name: 'Copy as curl' }).click();
  await expect
    .poll(() => page.evaluate('navigator.clipboard.readText()'))
    .toMatch(/^curl -X POST 'http:.*\/dingtalk\/events\?msg_signature=/);
  owner.react = () => sealed();
  await page.locator('#faults-open').click();
  await page.locator('#minute').click();
  await expect.poll(() => push.locator('.yes').innerText()).toBe('answer verified: success');
  await expect.poll(() => push.locator('.status').innerText()).toBe('200');
  expect(owner.seen).toHaveLength(2);
});

test('a copied call can be repeated as it stands', async () => {
  await here.group('sampleText', { content: "it's" });
  const { page } = await chromium.open(here.url, { permissions: ['clipboard-read', 'clipboard-write'] });
  const call = page.locator('#traffic .call').first();
  await call.locator('summary').click();
  await call.getByRole('button', { name: 'Copy as curl' }).click();
  const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()');
  await expect.poll(clipboard).toMatch(/^curl /);
  const curl = await clipboard();
  const { stdout } = await promisify(execFile)('sh', ['-c', `${curl} -s`]);
  expect(stdout).toContain('processQueryKey');
  expect(await here.sim('GET', '/messages')).toMatchObject([{ text: "it's" }, { text: "it's" }]);
});

test('the gauges follow the robot to its limit and show how long it is blocked', async () => {
  const { page } = await chromium.open(here.url);
  for (let count = 0; count < 20; count += 1) await here.robot(text(`${count}`));
  const gauge = page.locator('#limits div').first();
  await expect.poll(() => gauge.innerText()).toContain('20 of 20 messages a minute');
  await here.robot(text('one too many'));
  await expect.poll(() => gauge.innerText()).toMatch(/blocked for \d+ s/);
});

test('a reload keeps who one is, where one looks, the language and what was said', async () => {
  await here.robot(text('早'));
  const { page } = await chromium.open(here.url);
  await be(page, 'wangwu');
  await place(page, 'work').click();
  await page.locator('#language').click();
  await page.reload();
  await page.locator('#live.on').waitFor();
  await expect.poll(() => page.locator('[data-user][aria-pressed=true]').getAttribute('data-user')).toBe('wangwu');
  await expect.poll(() => page.locator('[aria-current]').getAttribute('data-place')).toBe('work');
  await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('zh-CN');
  await expect.poll(() => page.locator('#faults-open').innerText()).toContain('故障');
  await place(page, 'cidOps=').click();
  await expect.poll(() => page.locator('#board article .bubble').innerText()).toBe('早');
});

test('the theme is the system’s until one is chosen, and a reload keeps the choice', async () => {
  const { page } = await chromium.open(here.url, { colorScheme: 'light' });
  const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const light = await background();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await background();
  expect(dark).not.toBe(light);
  const button = page.locator('#theme');
  await expect.poll(() => button.innerText()).toBe('Theme: auto');
  await button.click();
  await expect.poll(async () => [await button.innerText(), await background()]).toEqual(['Theme: light', light]);
  await page.emulateMedia({ colorScheme: 'light' });
  await button.click();
  await page.reload();
  await page.locator('#live.on').waitFor();
  await expect.poll(async () => [await button.innerText(), await background()]).toEqual(['Theme: dark', dark]);
  await expect.poll(() => violations(page)).toEqual([]);
});

test('a voice, a video and a rich text that people say are heard and seen', async () => {
  const base64 = Buffer.from('bytes').toString('base64');
  await here.sim('POST', '/say', { from: 'lisi', audio: { base64, recognition: '你好' } });
  await here.sim('POST', '/say', { from: 'lisi', video: { base64 } });
  await here.sim('POST', '/say', { from: 'lisi', richText: [{ text: '看图 ' }, { picture: { base64 } }] });
  const { page } = await chromium.open(`${here.url}/#as=lisi&in=robot`);
  await page.locator('#board article').nth(2).waitFor();
  await expect.poll(() => page.locator('#board .voice, #board a.video').count()).toBe(2);
  await expect.poll(() => page.locator('#board .voice').getAttribute('aria-label')).toBe('voice, 4 s');
  await expect
    .poll(() => page.locator('#board .bubble').allInnerTexts())
    .toEqual([expect.stringContaining('你好'), expect.stringContaining('00:04'), expect.stringContaining('看图')]);
  await expect.poll(() => page.locator('#board article').last().locator('img').count()).toBe(1);
  const video = { name: 'demo.mp4', mimeType: 'video/mp4', buffer: Buffer.from('mp4') };
  await page.locator('#attach').setInputFiles(video);
  await page.locator('.send').first().click();
  await page.locator('#board article').nth(3).waitFor();
  expect(owner.seen.map((seen) => seen.body.msgtype)).toEqual(['audio', 'video', 'richText', 'video']);
});

test('the keyboard alone gets to a conversation, writes and comes back', async () => {
  const { page } = await chromium.open(here.url);
  await place(page, 'cidProject=').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('title');
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('Tab');
  await page.locator('#words').focus();
  await page.keyboard.type('状态');
  await page.keyboard.press('Enter');
  await page.locator('#board article').waitFor();
  const said = { conversationId: 'cidProject=', text: { content: ' 状态' } };
  await expect.poll(() => owner.seen[0]?.body).toMatchObject(said);
});

test.each([
  ['light', { colorScheme: 'light' as const }],
  ['dark', { colorScheme: 'dark' as const }],
  ['on a phone', { viewport: { width: 390, height: 800 } }],
])('axe finds nothing, %s', async (_name, options) => {
  await todo();
  const { page } = await chromium.open(here.url, options);
  const ops = { openConversationId: 'cidOps=' };
  await here.robot({ msgtype: 'markdown', markdown: { title: 't', text: '# h\n- [a](https://a.example) `c`\n> q' } });
  await card('card-1');
  await here.group('sampleActionCard', { title: 't', text: 'x', singleTitle: 'go', singleURL: 'https://a' }, ops);
  const { body } = await here.upload('file', 'a.pdf', new Uint8Array(9));
  await here.group('sampleFile', { mediaId: body.media_id, fileName: 'a.pdf', fileType: 'pdf' }, ops);
  await here.sim('POST', '/say', { from: 'zhangsan', text: 'hi', conversation: 'cidOps=' });
  await expect.poll(() => page.locator('#board article').count()).toBe(5);
  const phone = 'viewport' in options;
  if (phone) {
    await expect.poll(() => violations(page)).toEqual([]);
    await page.locator('#panes [value=hood]').click();
  }
  await page.locator('#traffic summary').first().click();
  await page.locator('#traffic pre').first().waitFor();
  await expect.poll(() => violations(page)).toEqual([]);
  if (phone) await page.locator('#panes [value=list]').click();
  await place(page, 'todos').click();
  await expect.poll(() => violations(page)).toEqual([]);
  await page.locator('#faults-open').click();
  await expect.poll(() => violations(page)).toEqual([]);
});

test('on a phone one column is shown and nothing overflows', async () => {
  await here.robot(text('长'.repeat(400)));
  const { page } = await chromium.open(here.url, { viewport: { width: 360, height: 740 } });
  const wide = () => page.evaluate('document.documentElement.scrollWidth');
  for (const pane of ['list', 'talk', 'hood']) {
    await page.locator(`#panes [value=${pane}]`).click();
    await expect.poll(() => wide()).toBe(360);
  }
  await page.locator('#panes [value=list]').click();
  await place(page, 'cidOps=').click();
  await expect.poll(() => page.locator('#board article').isVisible()).toBe(true);
});

test('10,000 messages in a conversation: a window of few nodes moves with the reader, back and forth', async () => {
  const said = (n: number) => ({ conversation: 'cidOps=', sender: 'dingdock', text: `第 ${n} 条 message` });
  const fixtures = { messages: Array.from({ length: 10_000 }, (_, n) => said(n)) };
  const simulator = await startSimulator({ port: 0, fixtures });
  const { page } = await chromium.open(simulator.url);
  const shown = () =>
    page.evaluate<number[]>(
      "[...document.querySelectorAll('#board article')].map((node) => Number(node.dataset.id.slice(4)))",
    );
  const ends = async () => [(await shown())[0] ?? 0, (await shown()).at(-1) ?? 0] as const;
  const scroll = (to: string) => page.evaluate(`document.getElementById('board').scrollTop = ${to}`);
  await page.locator('#board article').last().waitFor();
  const [first, newest] = await ends();
  let oldest = first;
  for (let step = 0; step < 15; step += 1) {
    await scroll('0');
    await expect.poll(async () => (await ends())[0]).toBeLessThan(oldest);
    const ids = await shown();
    [oldest = 0] = ids;
    expect(ids).toEqual(ids.map((_, index) => oldest + index));
    expect(await page.locator('#board *').count()).toBeLessThan(400);
  }
  // what was fetched lies beyond the first hundred that a page is given
  expect(oldest).toBeLessThan(newest - 100);
  const [, lower] = await ends();
  expect(lower).toBeLessThan(newest);
  await scroll('1e6');
  await expect.poll(async () => (await ends())[1]).toBeGreaterThan(lower);
  await simulator.close();
});

test('a screen holds twelve messages of people who speak in turn', async () => {
  const senders = ['lisi', 'wangwu'];
  const said = (n: number) => ({ conversation: 'cidOps=', sender: senders[n % 2], text: `第 ${n} 条 message` });
  const fixtures = { messages: Array.from({ length: 30 }, (_, n) => said(n)) };
  const simulator = await startSimulator({ port: 0, fixtures });
  const { page } = await chromium.open(simulator.url);
  await page.locator('#board article').last().waitFor();
  const inView = () =>
    page.evaluate<number>(`(() => {
      const board = document.getElementById('board').getBoundingClientRect();
      const whole = ({ top, bottom }) => top >= board.top && bottom <= board.bottom;
      return [...document.querySelectorAll('#board article')].filter((node) => whole(node.getBoundingClientRect())).length;
    })()`);
  await expect.poll(() => inView()).toBeGreaterThanOrEqual(12);
  await simulator.close();
});

test('events, people, groups, robots and files are made from the page', async () => {
  const { page, errors } = await chromium.open(here.url);
  await page.locator('#make-open').click();
  const said = () => page.locator('#make-said').innerText();
  const make = async (kind: string) => {
    await page.locator(`#make-kinds [value=${kind}]`).click();
    await page.locator('#make-form [type=submit]').click();
  };
  await make('makePerson');
  await expect.poll(said).toBe('Made: zhaoliu');
  await make('makeGroup');
  await expect.poll(said).toBe('Made: cidNew=');
  await page.locator('#make-kinds [value=makeRobot]').click();
  await page.locator('#make-form select').selectOption('cidNew=');
  await page.locator('#make-form [type=submit]').click();
  await expect.poll(said).toBe('Made: newrobot');
  const { body } = await here.call('POST', '/robot/send?access_token=newrobot', text('新群好'));
  expect(body.errcode).toBe(0);
  await expect.poll(() => place(page, 'cidNew=').locator('.detail').innerText()).toBe('新机器人: 新群好');
  await make('makeFile');
  await expect.poll(said).toBe('Choose a file first.');
  const file = { name: '说明.pdf', mimeType: 'application/pdf', buffer: Buffer.from('pdf') };
  await page.locator('#make-form input[type=file]').setInputFiles(file);
  await page.locator('#make-form [type=submit]').click();
  await expect.poll(said).toMatch(/^Made: @lAjP/);
  expect(await here.sim('GET', '/files')).toMatchObject([{ fileName: '说明.pdf', size: 3, kept: true }]);
  await page.locator('#make-kinds [value=makeEvent]').click();
  await page.locator('#make-form select').selectOption('check_in');
  await page.locator('#make-form textarea').fill('{"StaffId": 1');
  await page.locator('#make-form [type=submit]').click();
  await expect.poll(said).toBe('This is not a JSON object.');
  expect(owner.seen).toEqual([]);
  await page.locator('#make-form textarea').fill('{"StaffId": "wangwu"}');
  await page.locator('#make-form [type=submit]').click();
  await expect.poll(said).toMatch(/^The app answered in \d+ ms\.$/);
  expect(owner.seen[0]?.event).toMatchObject({ EventType: 'check_in', StaffId: 'wangwu' });
  await expect.poll(() => violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test('a call leads to the push that it brought about, what a person says to the push that told of it, and both back', async () => {
  await here.sim('POST', '/settings', { subscribedEvents: ['todo_task_create'] });
  await todo();
  const { page } = await chromium.open(`${here.url}/#as=lisi&in=robot`);
  const opened = page.locator('#traffic details[open]');
  await here.sim('POST', '/say', { from: 'lisi', text: '状态' });
  await page
    .locator('#board article')
    .getByRole('link', { name: /^The push push-/ })
    .click();
  await expect.poll(() => opened.locator('pre').first().innerText()).toContain('状态');
  await opened.getByRole('link', { name: 'Message in 李四' }).waitFor();
  await page.locator('#filter').fill('todo_task_create');
  await page.locator('#traffic .push summary').click();
  await opened.getByRole('link', { name: /^The API call call-/ }).click();
  await expect.poll(() => opened.locator('h3').allInnerTexts()).toContain('Answer');
  await opened.getByRole('link', { name: /^The push push-/ }).waitFor();
});

test('the page weighs at most 200 kB compressed', async () => {
  const { page } = await chromium.open(here.url);
  const paths = await page.evaluate<string[]>(
    'performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.includes("/page/"))',
  );
  expect(paths.length).toBeGreaterThan(9);
  let bytes = 0;
  for (const path of new Set([here.url, ...paths])) bytes += gzipSync(await (await fetch(path)).text()).length;
  writeSync(1, `the page: ${bytes} bytes compressed\n`);
  expect(bytes).toBeLessThan(200_000);
});
