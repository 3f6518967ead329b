import { readFileSync } from 'node:fs';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Loose } from '../../simulator/desk.ts';
import { startTestStack } from '../../support/stack.ts';
import { browser } from './browser.ts';

/** The page beside the functions: what a newcomer does in the first minute. */
const chromium = browser();
let stack: Awaited<ReturnType<typeof startTestStack>>;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack?.stop());

const headers = { authorization: 'Bearer local', 'content-type': 'application/json' };

function send(body: object) {
  return fetch(`${stack.urls.api}/messages`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function dispatch(body: object) {
  const answer = await fetch(`${stack.urls.api}/tasks`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as { id: string; number: number; links: { pages: Record<string, string> } };
}

/**
 * What somebody does on the page until the door has kept the pushes that come of it: a busy machine may be later than
 * DingTalk waits for, and a person does it again.
 */
async function untilKept(act: () => Promise<unknown>, count = 1): Promise<void> {
  const tried = async (): Promise<Loose[]> => {
    const pushes = (await (await fetch(`${stack.urls.simulator}/_sim/pushes`)).json()) as Loose[];
    return pushes.flatMap(({ attempts: [first] }) => first ?? []);
  };
  for (let isKept = false; !isKept; ) {
    const before = (await tried()).length;
    await act();
    await expect.poll(async () => (await tried()).length).toBe(before + count);
    isKept = (await tried()).slice(before).every(({ status }) => status !== 503);
  }
}

test('a message sent through the API is seen in the group, with the calls that brought it', async () => {
  const { page } = await chromium.open(stack.urls.simulator ?? '');
  expect((await send({ to: 'ops', text: '你好，钉钉' })).status).toBe(202);
  await expect.poll(() => page.locator('#board article .bubble').allInnerTexts()).toEqual(['你好，钉钉']);
  await page.locator('#filter').fill('/robot/send');
  await expect.poll(() => page.locator('#traffic .call .status').allInnerTexts()).toEqual(['200']);
});

test('a fault from the drawer makes dingdock try again, and the message arrives once', async () => {
  const { page } = await chromium.open(`${stack.urls.simulator}/#as=zhangsan&in=cidProject%3D`);
  await page.locator('#faults-open').click();
  await page.locator('#fault-path').fill('/v1.0/robot/groupMessages/send');
  await page.locator('#fault-kind').selectOption('throttle');
  await page.locator('#fault-form [type=submit]').click();
  await page.locator('#fault-list code').waitFor();
  await page.locator('#faults-close').click();
  await send({ to: 'project', text: '第二次才到' });
  const bubbles = page.locator('#board article .bubble');
  await expect.poll(() => bubbles.allInnerTexts()).toEqual(['第二次才到']);
  await page.locator('#filter').fill('groupMessages/send');
  await expect.poll(() => page.locator('#traffic .call .status').allInnerTexts()).toEqual(['200', '403']);
});

test('a file that lisi sends to the robot lies in the inbox of the bucket', async () => {
  const { page } = await chromium.open(`${stack.urls.simulator}/#as=lisi&in=robot`);
  const file = { name: '合同.pdf', mimeType: 'application/pdf', buffer: Buffer.from('the contract') };
  const say = async () => {
    await page.locator('#attach').setInputFiles(file);
    await page.locator('#words').fill('合同在这里');
    await page.locator('#words').press('Enter');
  };
  await untilKept(say, 2);
  await expect.poll(() => page.locator('#sent').innerText()).toMatch(/answered in \d+ ms/);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint: stack.urls.aws, region: stack.region, credentials });
  const inbox = async () => {
    const list = new ListObjectsV2Command({ Bucket: 'uploads', Prefix: 'inbox/cid1to1lisi=/' });
    return (await s3.send(list)).Contents ?? [];
  };
  await expect.poll(async () => (await inbox()).length).toBeGreaterThan(0);
  const [{ Key } = {}] = await inbox();
  expect(Key).toMatch(/合同\.pdf$/);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'uploads', Key }));
  expect(await Body?.transformToString()).toBe('the contract');
  s3.destroy();
});

test('a tap on Done goes through the functions and changes the card for everybody', async () => {
  const simulator = stack.urls.simulator ?? '';
  const post = async (path: string, body: object, token = '') => {
    const headers = { 'content-type': 'application/json', 'x-acs-dingtalk-access-token': token };
    const answer = await fetch(`${simulator}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as { accessToken: string };
  };
  const { accessToken } = await post('/v1.0/oauth2/accessToken', { appKey: 'dingsimapp', appSecret: 'dingsimsecret' });
  const buttons = JSON.stringify([{ text: 'Done', id: 'done' }]);
  const card = {
    cardTemplateId: 'template',
    outTrackId: 'dingdock-browser-card',
    cardData: { cardParamMap: { title: '发布 2.0', status: 'open', buttons } },
    openSpaceId: 'dtv1.card//IM_GROUP.cidOps=',
    imGroupOpenSpaceModel: { supportForward: true },
    imGroupOpenDeliverModel: { robotCode: 'dingsimapp' },
  };
  await post('/v1.0/card/instances/createAndDeliver', card, accessToken);
  const { page } = await chromium.open(`${simulator}/#as=wangwu&in=cidOps%3D`);
  await untilKept(() => page.getByRole('button', { name: 'Done' }).click());
  const shown = page.locator('#board article').last();
  await expect.poll(() => shown.innerText()).toMatch(/status\s+done\s+\w+\s+wangwu/);
});

test('a to-do of the simulated DingTalk leads to the task page, where its person finishes it for everybody to see', async () => {
  const { page } = await chromium.open(`${stack.urls.simulator}/#as=wangwu&in=todos`);
  const { id } = await dispatch({ title: '看一下发布 2.0', assignees: ['wangwu'], notify: 'ops' });
  const todo = page.locator('.todo', { hasText: '看一下发布 2.0' });
  const [sheet] = await Promise.all([page.waitForEvent('popup'), todo.getByRole('link', { name: 'Open' }).click()]);
  await expect.poll(() => sheet.locator('h1').innerText()).toBe('看一下发布 2.0');
  await sheet.getByRole('button', { name: 'Accept' }).click();
  await sheet.getByText('You accepted').waitFor();
  await sheet.getByLabel('Comment').fill('没有问题 <b>');
  await sheet.getByRole('button', { name: 'Done' }).click();
  await sheet.getByText('The task is done').waitFor();
  await expect
    .poll(() => sheet.locator('ol li').allInnerTexts())
    .toEqual([
      expect.stringMatching(/^王五 is done\n没有问题 <b>\n/),
      expect.stringMatching(/^王五 accepted\n/),
      expect.stringMatching(/^default dispatched the task\n/),
    ]);
  await expect.poll(() => todo.getAttribute('class')).toContain('done');
  const kept = await fetch(`${stack.urls.api}/tasks/${id}`, { headers });
  expect(await kept.json()).toMatchObject({ status: 'done', assignees: [{ userId: 'wangwu', state: 'done' }] });
});

test('three people finish a task by its page, its card and a word to the robot: told once, and each step once on the bus', async () => {
  const simulator = stack.urls.simulator ?? '';
  const body = { title: '三人核对发布', assignees: ['zhangsan', 'lisi', 'wangwu'], completion: 'all' };
  const ways = { notify: ['ops', 'project'], via: ['todo', 'message', 'card'] };
  const { id, number, links } = await dispatch({ ...body, ...ways });
  const kept = async () => (await (await fetch(`${stack.urls.api}/tasks/${id}`, { headers })).json()) as Loose;
  const states = async () => (await kept()).assignees.map(({ state }: Loose) => state);

  const { page: sheet } = await chromium.visit(links.pages.zhangsan ?? '');
  await sheet.getByRole('button', { name: 'Done' }).click();
  await sheet.getByText('You are done').waitFor();

  const { page: group } = await chromium.open(`${simulator}/#as=lisi&in=cidProject%3D`);
  const card = group.locator('#board article', { hasText: `#${number} 三人核对发布` });
  await untilKept(async () => {
    await card.getByRole('textbox').fill('done');
    await card.getByRole('button', { name: 'Tap' }).click();
  });
  await expect.poll(states).toEqual(['done', 'done', 'assigned']);

  const { page: robot } = await chromium.open(`${simulator}/#as=wangwu&in=robot`);
  await untilKept(async () => {
    await robot.locator('#words').fill(`done ${number}`);
    await robot.locator('#words').press('Enter');
  });
  await expect.poll(states).toEqual(['done', 'done', 'done']);
  expect(await kept()).toMatchObject({
    status: 'done',
    history: [{}, { via: 'page' }, { via: 'card' }, { via: 'robot' }],
  });

  const ask = async (path: string) => (await (await fetch(`${simulator}/_sim${path}`)).json()) as Loose[];
  const todo = async () => (await ask('/todos')).filter(({ sourceId }) => sourceId === id).map(({ done }) => done);
  await expect.poll(todo).toEqual([true]);
  const told = async (conversation: string) =>
    (await ask(`/messages?conversation=${conversation}`))
      .filter(({ msgtype, text = '' }) => msgtype !== 'card' && text.includes('三人核对发布'))
      .map(({ text }) => /已完成/.test(text));
  // the announcement and the end; the other group has the card for an announcement
  const both = async () => [await told('cidOps%3D'), await told('cidProject%3D')];
  await expect.poll(both).toEqual([[false, true], [true]]);
  const published = () => {
    const events: Loose[] = readFileSync(stack.busFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return events.filter(({ detail }) => detail.data.taskId === id).map(({ detailType }) => detailType);
  };
  const steps = ['task.assigned', 'task.completed', 'task.done', 'task.done', 'task.done'];
  await expect.poll(() => published().sort()).toEqual(steps);
  expect(await both()).toEqual([[false, true], [true]]);
});
