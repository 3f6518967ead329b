import { expect, test } from 'vitest';
import { sampleAlarm } from '../../../local/pictures/sample-alarm.ts';
import { stackClient } from '../../support/stack-client.ts';
import { browser } from './browser.ts';

/** What people in the group see of an alarm. */
const chromium = browser();
const { api, messagesIn, request, schedule, urls } = await stackClient();

test('an alarm opens, changes, is taken by a word to the robot, and closes, all on one card', async () => {
  const rules = { kind: 'alertmanager', to: 'project', incidents: {} };
  const { pathname } = new URL((await api('PUT', '/sources/disks', rules)).body.address);
  const tell = async (status: 'firing' | 'resolved', machines: number) =>
    expect((await request('POST', `${urls.api}${pathname}`, sampleAlarm(status, machines))).status).toBe(202);
  const { page, errors } = await chromium.open(`${urls.simulator}/#as=lisi&in=cidProject%3D`);
  await tell('firing', 1);
  const first = page.locator('#board article').first();
  await expect.poll(() => first.innerText()).toContain('🔴 告警：DiskFull');
  const card = page.locator(`[data-id="${await first.getAttribute('data-id')}"] .bubble`);
  expect(await card.innerText()).toContain('web-1');
  const [code] = /I-\w{4}/.exec(await card.innerText()) ?? [];

  await tell('firing', 2);
  await page.locator('#words').fill(`认领 ${code}`);
  await page.locator('#words').press('Enter');
  // a card changes once a minute at most
  const later = async () => {
    await schedule('reconcile');
    return card.innerText();
  };
  await expect.poll(later, { interval: 2_000 }).toMatch(/🔴 告警 2 条：DiskFull[\s\S]*web-2[\s\S]*李四 已认领/);

  await tell('resolved', 2);
  await expect.poll(() => card.innerText()).toMatch(/✅ 已恢复[\s\S]*web-2[\s\S]*李四 已认领/);
  const cards = (await messagesIn('cidProject=')).filter(({ msgtype }: { msgtype: string }) => msgtype === 'card');
  expect([cards.length, await page.locator('#board article').count(), errors]).toEqual([1, 3, []]);
});
