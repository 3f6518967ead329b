import type { Browser } from 'playwright-core';
import * as v from 'valibot';
import { API_KEY } from '../../stage/local-secret.ts';
import { drawn, openPage, sideBySide } from './picture-page.ts';
import { sampleAlarm } from './sample-alarm.ts';

const Made = v.object({ address: v.string() });
/** A card changes once a minute at most, and a schedule of the stack brings it. */
const PATIENT = { timeout: 300_000 };

/** An alarm on its one card: as it fires, as somebody has it and it is more by then, and as it is over. */
export async function pictureAlarm(browser: Browser, { api, simulator }: { api: string; simulator: string }) {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  const ask = (method: string, url: string, body: object) =>
    fetch(url, { method, headers, body: JSON.stringify(body) });
  const rules = { kind: 'alertmanager', to: 'project', incidents: {} };
  const { address } = v.parse(Made, await (await ask('PUT', `${api}/sources/disks`, rules)).json());
  const tell = (status: 'firing' | 'resolved', machines: number) =>
    ask('POST', `${api}${new URL(address).pathname}`, sampleAlarm(status, machines));
  const group = `${simulator}/#as=zhangsan&in=${encodeURIComponent('cidProject=')}`;
  const page = await openPage(browser, group, { locale: 'zh-CN', colorScheme: 'light' });
  const card = page.locator('#board article .bubble', { hasText: 'web-1' });
  const shown = async (words: string) => {
    await card.filter({ hasText: words }).waitFor(PATIENT);
    await drawn(page);
    return card.screenshot();
  };
  await tell('firing', 1);
  const fires = await shown('告警');
  const [code = ''] = /I-\w{4}/.exec(await card.innerText()) ?? [];
  await tell('firing', 2);
  await ask('POST', `${simulator}/_sim/say`, { from: 'lisi', text: `认领 ${code}`, conversation: 'cidProject=' });
  const taken = await shown('已认领');
  await tell('resolved', 2);
  return sideBySide(browser, [fires, taken, await shown('已恢复')]);
}
