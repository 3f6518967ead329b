import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack } from '../support/stack.ts';
import { browser } from './browser.ts';

/** The page beside the functions: what a newcomer does in the first minute. */
const chromium = browser();
let stack: Awaited<ReturnType<typeof startTestStack>>;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack?.stop());

function send(body: object) {
  const headers = { authorization: 'Bearer local', 'content-type': 'application/json' };
  return fetch(`${stack.urls.api}/messages`, { method: 'POST', headers, body: JSON.stringify(body) });
}

test('a message sent through the API is seen in the group, with the calls that brought it', async () => {
  const { page } = await chromium.open(stack.urls.simulator ?? '');
  expect((await send({ to: 'ops', text: '你好，钉钉' })).status).toBe(202);
  await expect
    .poll(() => page.locator('#board article .bubble').allInnerTexts(), { timeout: 10_000 })
    .toEqual(['你好，钉钉']);
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
  await expect.poll(() => bubbles.allInnerTexts(), { timeout: 20_000 }).toEqual(['第二次才到']);
  await page.locator('#filter').fill('groupMessages/send');
  expect(await page.locator('#traffic .call .status').allInnerTexts()).toEqual(['200', '403']);
});

test('what lisi writes to the robot reaches the functions and is answered in time', async () => {
  const { page } = await chromium.open(`${stack.urls.simulator}/#as=lisi&in=robot`);
  await page.locator('#words').fill('你在吗');
  await page
    .locator('#attach')
    .setInputFiles({ name: '合同.pdf', mimeType: 'application/pdf', buffer: Buffer.from('pdf') });
  await page.locator('#words').press('Enter');
  await expect.poll(() => page.locator('#sent').innerText(), { timeout: 10_000 }).toMatch(/answered in \d+ ms/);
});
