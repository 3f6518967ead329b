import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from 'dingtalk-simulator';
import { afterEach, beforeEach, expect, test } from 'vitest';

let keptIn: string;
beforeEach(() => {
  keptIn = mkdtempSync(join(tmpdir(), 'dingtalk-kept-'));
});
afterEach(() => rmSync(keptIn, { recursive: true, force: true }));

async function post(url: string, body: object) {
  const headers = { 'content-type': 'application/json' };
  return (await (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json()) as object;
}
const messagesAt = async (url: string) => (await (await fetch(`${url}/_sim/messages`)).json()) as object[];

test('a folder keeps what people see over a restart, and ids go on', async () => {
  const first = await startSimulator({ port: 0, keptIn });
  const file = { name: '合同.pdf', base64: Buffer.from('bytes').toString('base64') };
  await post(`${first.url}/_sim/say`, { from: 'zhangsan', file });
  const before = await messagesAt(first.url);
  await first.close();

  const second = await startSimulator({ port: 0, keptIn });
  expect(await messagesAt(second.url)).toEqual(before);
  const files = (await (await fetch(`${second.url}/_sim/files`)).json()) as { mediaId: string }[];
  expect(await (await fetch(`${second.url}/_sim/files/${encodeURIComponent(files[0]!.mediaId)}`)).text()).toBe('bytes');
  await post(`${second.url}/_sim/say`, { from: 'zhangsan', text: '再来' });
  const ids = (await messagesAt(second.url)).map((message) => (message as { id: string }).id);
  expect(new Set(ids).size).toBe(2);
  await second.close();
});

test('a file that is no state is none', async () => {
  writeFileSync(join(keptIn, 'state'), 'something else');
  const simulator = await startSimulator({ port: 0, keptIn });
  expect(await messagesAt(simulator.url)).toEqual([]);
  await simulator.close();
});
