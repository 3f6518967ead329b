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

test('what stands in the drive is there afterwards; an upload that was begun is not', async () => {
  const call = async (url: string, path: string, body: object, token = '') => {
    const headers = { 'content-type': 'application/json', 'x-acs-dingtalk-access-token': token };
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as { accessToken: string; uploadKey: string };
  };
  const first = await startSimulator({ port: 0, keptIn });
  const { accessToken } = await call(first.url, '/v1.0/oauth2/accessToken', {
    appKey: 'dingsimapp',
    appSecret: 'dingsimsecret',
  });
  const who = 'unionId=union-zhangsan';
  const option = { name: '部署', scene: 's' };
  const made = (await call(first.url, `/v1.0/storage/spaces?${who}`, { option }, accessToken)) as object;
  const { id } = (made as { space: { id: string } }).space;
  const path = `/v1.0/storage/spaces/${id}/dentries/0/folders?${who}`;
  const { dentry } = (await call(first.url, path, { name: 'in' }, accessToken)) as unknown as {
    dentry: { uuid: string };
  };
  const begun = await call(
    first.url,
    `/v2.0/storage/spaces/files/${dentry.uuid}/uploadInfos/query?${who}`,
    { protocol: 'HEADER_SIGNATURE', option: { storageDriver: 'DINGTALK', preCheckParam: { size: 3, name: 'a.zip' } } },
    accessToken,
  );
  expect(begun.uploadKey).toEqual(expect.any(String));
  const shelf = async (url: string) => (await fetch(`${url}/_sim/drive`)).json();
  const before = await shelf(first.url);
  await first.close();
  const second = await startSimulator({ port: 0, keptIn });
  expect(await shelf(second.url)).toEqual(before);
  await second.close();
});

test('a file that is no state is none', async () => {
  writeFileSync(join(keptIn, 'state'), 'something else');
  const simulator = await startSimulator({ port: 0, keptIn });
  expect(await messagesAt(simulator.url)).toEqual([]);
  await simulator.close();
});
