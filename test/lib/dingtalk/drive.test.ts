import { randomBytes } from 'node:crypto';
import { type Simulator, startSimulator } from 'dingtalk-simulator';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContacts } from '../../../lib/dingtalk/contacts.ts';
import { createDrive } from '../../../lib/dingtalk/drive.ts';
import { createCaller } from '../../../lib/dingtalk/transport/call.ts';
import { createHttp } from '../../../lib/dingtalk/transport/http.ts';
import { download, sha256 } from '../../support/files.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ port: 0 });
});
afterAll(() => simulator.close());

async function drive(singlePutBytes?: number) {
  const answer = await fetch(`${simulator.url}/v1.0/oauth2/accessToken`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appKey: 'dingsimapp', appSecret: 'dingsimsecret' }),
  });
  const { accessToken } = v.parse(v.object({ accessToken: v.string() }), await answer.json());
  const http = createHttp();
  const tokens = { get: async () => accessToken, reject: async () => accessToken };
  const urls = { api: simulator.url, oapi: simulator.url };
  const call = createCaller({
    http,
    app: '',
    count: () => undefined,
    tokens,
    urls,
    now: Date.now,
    sleep: async () => {},
    random: () => 0,
  });
  const deps = { call, http, contacts: createContacts(call), ...(singlePutBytes !== undefined && { singlePutBytes }) };
  return createDrive(deps, { operatorUserId: 'zhangsan', folder: 'dingdock' });
}

const contentOf = (bytes: Uint8Array) => ({
  length: bytes.length,
  async *open() {
    yield bytes;
  },
});
const file = (fileName: string, bytes: Uint8Array) => ({
  fileName,
  content: contentOf(bytes),
  parts: (start: number, end: number) => contentOf(bytes.subarray(start, end + 1)),
});
const calls = async (path: string) =>
  (await (await fetch(`${simulator.url}/_sim/calls?path=${encodeURIComponent(path)}`)).json()) as unknown[];

test('a file below the limit goes in one put, and arrives in the group', async () => {
  const bytes = randomBytes(300_000);
  const { upload, sendToGroup } = await drive();
  const { spaceId, dentryId, whole } = await upload(file('一次.bin', bytes));
  expect(whole).toBe(true);
  await sendToGroup({ spaceId, dentryId, openConversationId: 'cidProject=' });
  expect(sha256(await download(`${simulator.url}/_sim/files/${dentryId}`))).toBe(sha256(bytes));
});

test('a file above the limit goes in parts, more of them than one call gives addresses for', async () => {
  const bytes = randomBytes(1_300_000);
  const { upload } = await drive(110_000);
  const { dentryId, whole } = await upload(file('分段.bin', bytes));
  expect(whole).toBe(false);
  expect(sha256(await download(`${simulator.url}/_sim/files/${dentryId}`))).toBe(sha256(bytes));
  expect(await calls('/v1.0/storage/spaces/files/multiPartUploadInfos/query')).toHaveLength(3);
});

test('space, folder and people are asked for once', async () => {
  const { upload, sendToUser } = await drive();
  const before = [await calls('/v1.0/storage/spaces'), await calls('/topapi/v2/user/get')].map(({ length }) => length);
  for (const n of [1, 2]) {
    const { spaceId, dentryId } = await upload(file(`${n}.bin`, randomBytes(10)));
    await sendToUser({ spaceId, dentryId, userId: 'lisi' });
  }
  const after = [await calls('/v1.0/storage/spaces'), await calls('/topapi/v2/user/get')].map(({ length }) => length);
  expect(after.map((count, n) => count - (before[n] ?? 0))).toEqual([1, 2]);
});

test('who is not in the group cannot send there, and it is not tried again', async () => {
  const { upload, sendToGroup } = await drive();
  const { spaceId, dentryId } = await upload(file('no.bin', randomBytes(10)));
  const send = sendToGroup({ spaceId, dentryId, openConversationId: 'cidNobody=' });
  await expect(send).rejects.toMatchObject({ code: 'conversationNotExist', retryable: false });
});
