import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { startSimulator } from 'dingtalk-simulator';
import { describe, expect, test, vi } from 'vitest';
import { collect } from '../support/collect.ts';
import { desk, type Loose } from './desk.ts';

const here = desk();
const MIB = 1024 * 1024;
const by = (unionId: string) => `unionId=union-${unionId}`;
const v1 = (path: string, body: unknown, who = 'zhangsan') => here.api('POST', `/v1.0/storage${path}?${by(who)}`, body);
const v2 = (path: string, body: unknown, who = 'zhangsan') => here.api('POST', `/v2.0/storage${path}?${by(who)}`, body);
const conv = (path: string, body: unknown, who = 'zhangsan') =>
  here.api('POST', `/v1.0/convFile${path}?${by(who)}`, body);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function space(option: object = {}, who = 'zhangsan'): Promise<string> {
  return (await v1('/spaces', { option: { name: 'staging', scene: 's', ...option } }, who)).body.space.id;
}

async function folder(spaceId: string, name = 'in'): Promise<Loose> {
  return (await v1(`/spaces/${spaceId}/dentries/0/folders`, { name })).body.dentry;
}

const header = (size: number, name = 'a.zip') => ({
  protocol: 'HEADER_SIGNATURE',
  option: { storageDriver: 'DINGTALK', preCheckParam: { size, name } },
});

async function put(info: Loose, body: NonNullable<RequestInit['body']>, more: Record<string, string> = {}) {
  const { resourceUrls, headers } = info.headerSignatureInfo;
  const answer = await fetch(resourceUrls[0], {
    method: 'PUT',
    body,
    headers: { ...headers, ...more },
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  });
  return { status: answer.status, text: await answer.text() };
}

/** The whole way of v2: folder, info, PUT, commit. */
async function upload(bytes: Uint8Array<ArrayBuffer>, name = '报告.zip') {
  const { uuid, spaceId } = await folder(await space());
  const info = (await v2(`/spaces/files/${uuid}/uploadInfos/query`, header(bytes.length))).body;
  expect((await put(info, bytes)).status).toBe(200);
  const option = { size: bytes.length, conflictStrategy: 'AUTO_RENAME' };
  const commit = { uploadKey: info.uploadKey, name, option };
  const { body } = await v2(`/spaces/files/${uuid}/commit`, commit);
  return { info, commit, uuid, spaceId, dentry: body.dentry };
}

test('a file goes into the drive by v2, then into a group, to a person and as a link, and comes back whole', async () => {
  const bytes = new Uint8Array(randomBytes(3 * MIB));
  const { info, dentry, spaceId } = await upload(bytes);
  expect(info).toMatchObject({
    uploadKey: expect.any(String),
    storageDriver: 'DINGTALK',
    protocol: 'HEADER_SIGNATURE',
    headerSignatureInfo: {
      resourceUrls: [expect.stringContaining(`${here.url}/_sim/oss/`)],
      headers: { Authorization: expect.stringMatching(/^OSS /), 'x-oss-date': expect.any(String) },
      expirationSeconds: 900,
    },
  });
  expect(dentry).toMatchObject({
    spaceId,
    type: 'FILE',
    name: '报告.zip',
    size: bytes.length,
    path: '/in/报告.zip',
    extension: 'zip',
    version: 1,
    status: 'NORMAL',
    creatorId: 'union-zhangsan',
    createTime: expect.stringMatching(/^\w{3} \w{3} \d\d \d\d:\d\d:\d\d CST \d{4}$/),
  });
  const group = { spaceId, dentryId: dentry.id, openConversationId: 'cidProject=' };
  const copy = (await conv('/conversations/files/send', group)).body.file;
  expect(copy).toMatchObject({ conversationId: 'cidProject=', name: '报告.zip', size: bytes.length });
  expect(copy.id).not.toBe(dentry.id);
  expect((await conv('/conversations/files/links/send', group)).body.file.id).toBe(dentry.id);
  const toPerson = await conv('/apps/conversations/files/send', { spaceId, dentryId: dentry.id }, 'lisi');
  expect(toPerson.body.file).toMatchObject({ conversationId: 'lisi', size: bytes.length });
  const file = { fileName: '报告.zip', fileType: 'zip', size: bytes.length, sha256: sha256(bytes) };
  const shown = await here.sim('GET', '/messages');
  expect(shown).toMatchObject([
    {
      conversation: 'cidProject=',
      via: 'drive',
      sender: 'zhangsan',
      msgtype: 'file',
      file: { ...file, dentryId: copy.id },
    },
    { conversation: 'cidProject=', msgtype: 'link', content: { messageUrl: expect.any(String) } },
    { conversation: 'lisi', via: 'drive', sender: 'dingdock', file },
  ]);
  const fetched = await fetch(here.url + shown[0].file.url);
  expect(sha256(new Uint8Array(await fetched.arrayBuffer()))).toBe(sha256(bytes));
});

test('what is in the drive is downloaded by signed address, whole or by range', async () => {
  const bytes = new Uint8Array(randomBytes(200_000));
  const { dentry, spaceId } = await upload(bytes);
  const place = `/spaces/${spaceId}/dentries/${dentry.id}`;
  const { headerSignatureInfo } = (await v1(`${place}/downloadInfos/query`, {})).body;
  const get = async (more: Record<string, string> = {}) => {
    const answer = await fetch(headerSignatureInfo.resourceUrls[0], {
      headers: { ...headerSignatureInfo.headers, ...more },
    });
    return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
  };
  expect(sha256((await get()).bytes)).toBe(sha256(bytes));
  const part = await get({ range: 'bytes=100-199' });
  expect([part.status, part.bytes]).toEqual([206, bytes.slice(100, 200)]);
  expect((await get({ range: 'bytes=200000-' })).status).toBe(200);
  expect((await get({ range: 'bytes=200000-', 'x-oss-range-behavior': 'standard' })).status).toBe(416);
  expect((await get({ 'content-type': 'application/json' })).status).toBe(403);
  expect((await fetch(headerSignatureInfo.resourceUrls[0])).status).toBe(403);
  expect((await v1(`${place}/openInfos/query`, { option: { type: 'PREVIEW' } })).body.url).toContain(dentry.id);
  await here.sim('POST', '/settings', { orgCertified: false });
  const refused = await v1(`${place}/downloadInfos/query`, {});
  expect([refused.status, refused.body.code]).toEqual([403, 'orgAuthLevelNotEnough']);
});

test('the object store refuses a content type, a changed header and a late body, and does not need a length when chunked', async () => {
  const { uuid } = await folder(await space());
  const info = async () => (await v2(`/spaces/files/${uuid}/uploadInfos/query`, header(5))).body;
  const typed = await put(await info(), new Uint8Array(5), { 'content-type': 'application/pdf' });
  expect(typed).toEqual({ status: 403, text: expect.stringContaining('SignatureDoesNotMatch') });
  // fetch adds text/plain to a string by itself
  expect((await put(await info(), 'hello')).status).toBe(403);
  expect((await put(await info(), 'hello', { 'content-type': '' })).status).toBe(200);
  expect((await put(await info(), new Uint8Array(5), { 'x-oss-date': 'yesterday' })).status).toBe(403);
  const streamed = Readable.toWeb(Readable.from([Buffer.from('he'), Buffer.from('llo')])) as ReadableStream;
  expect((await put(await info(), streamed)).status).toBe(200);
  const late = await info();
  await here.sim('POST', '/clock', { advanceMs: 900_001 });
  expect((await put(late, new Uint8Array(5))).text).toContain('RequestTimeTooSkewed');
  const { headerSignatureInfo } = await info();
  const bare = await new Promise((resolve) => {
    const { headers, resourceUrls } = headerSignatureInfo;
    const call = request(resourceUrls[0], { method: 'PUT', headers }, (answer) => resolve(answer.statusCode));
    call.useChunkedEncodingByDefault = false;
    call.removeHeader('transfer-encoding');
    call.end();
  });
  expect(bare).toBe(411);
  const calls = await here.sim('GET', '/calls?path=/_sim/oss/*');
  expect(calls.map((call: Loose) => call.code)).toContain('MissingContentLength');
});

test('a body that is longer than its length is cut there without a word, and the commit tells', async () => {
  const { uuid } = await folder(await space());
  const info = (await v2(`/spaces/files/${uuid}/uploadInfos/query`, header(10))).body;
  const { headers, resourceUrls } = info.headerSignatureInfo;
  const lines = Object.entries({ host: '127.0.0.1', ...headers, 'content-length': 4 }).map((pair) => pair.join(': '));
  const socket = connect(here.simulator.port, '127.0.0.1');
  socket.write(`PUT ${new URL(resourceUrls[0]).pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n1234567890`);
  const puts = async () => (await here.sim('GET', '/calls?path=/_sim/oss/*')).map((call: Loose) => call.code);
  await expect.poll(puts).toEqual(['ok']);
  socket.destroy();
  const commit = (size: number) =>
    v2(`/spaces/files/${uuid}/commit`, { uploadKey: info.uploadKey, name: 'a.txt', option: { size } });
  expect((await commit(10)).body.code).toBe('paramError');
  expect((await commit(4)).body.dentry.size).toBe(4);
});

test('a body that breaks off leaves nothing to commit', async () => {
  const { uuid } = await folder(await space());
  const info = (await v2(`/spaces/files/${uuid}/uploadInfos/query`, header(10))).body;
  const { headers, resourceUrls } = info.headerSignatureInfo;
  const call = request(resourceUrls[0], { method: 'PUT', headers: { ...headers, 'content-length': 10 } });
  call.on('error', () => undefined);
  await new Promise((resolve) => call.write('123', resolve));
  call.destroy();
  await expect
    .poll(async () => (await here.sim('GET', '/calls?path=/_sim/oss/*')).map((c: Loose) => c.code))
    .toEqual(['the body broke off']);
  const refused = await v2(`/spaces/files/${uuid}/commit`, { uploadKey: info.uploadKey, name: 'a.txt' });
  expect(refused.body.code).toBe('dentryStoreError');
});

test('parts are put one by one and joined in their order', async () => {
  const spaceId = await space();
  const parts = [randomBytes(100 * 1024), randomBytes(100 * 1024), randomBytes(10)].map((part) => new Uint8Array(part));
  const option = { preCheckParam: { size: 204_810, name: 'big.bin', parentId: '0' } };
  const { uploadKey } = (await v1(`/spaces/${spaceId}/files/multiPartUploadInfos/init`, { option })).body;
  const ask = (partNumbers: number[]) => v1('/spaces/files/multiPartUploadInfos/query', { uploadKey, partNumbers });
  expect((await ask(Array.from({ length: 31 }, (_, n) => n + 1))).body.code).toBe('paramError');
  const infos = (await ask([1, 2, 3])).body.multipartHeaderSignatureInfos;
  for (const index of [2, 0, 1]) expect((await put(infos[index], parts[index]!)).status).toBe(200);
  const commit = { uploadKey, name: 'big.bin', parentId: '0', option: { size: 204_810 } };
  const { dentry } = (await v1(`/spaces/${spaceId}/files/commit`, commit)).body;
  const [listed] = (await here.api('GET', `/v1.0/storage/spaces/${spaceId}/dentries?parentId=0&${by('zhangsan')}`)).body
    .dentries;
  expect(listed).toEqual(dentry);
  const all = (await v1(`/spaces/${spaceId}/dentries/listAll`, { option: { maxResults: 10 } })).body.dentries;
  expect(all).toEqual([dentry]);
  const whole = await fetch(`${here.url}/_sim/files/${dentry.id}`);
  expect(sha256(new Uint8Array(await whole.arrayBuffer()))).toBe(sha256(Buffer.concat(parts)));
  expect((await v1(`/spaces/${spaceId}/files/commit`, commit)).body.code).toBe('paramError.uploadKey');
});

test('the group has a space of its own; the same scene gives the same space', async () => {
  const answer = (await conv('/conversations/spaces/query', { openConversationId: 'cidOps=' })).body.space;
  expect(answer).toMatchObject({ spaceId: expect.any(String), corpId: 'dingsimcorp' });
  expect((await conv('/conversations/spaces/query', { openConversationId: 'cidOps=' }, 'lisi')).body.space).toEqual(
    answer,
  );
  expect(await space()).toBe(await space());
  expect(await space({ sceneId: '2' })).not.toBe(await space());
});

test.each([
  ['AUTO_RENAME', '报告(1).zip', 1],
  ['OVERWRITE', '报告.zip', 2],
  ['RETURN_DENTRY_IF_EXISTS', '报告.zip', 1],
  ['RETURN_ERROR_IF_EXISTS', 'dentryNameConflict', undefined],
  ['nonsense', 'paramError.conflictStrategy', undefined],
])('a name that is taken, with %s, gives %s', async (conflictStrategy, outcome, version) => {
  const { uuid } = await upload(new Uint8Array(10));
  const info = (await v2(`/spaces/files/${uuid}/uploadInfos/query`, header(3))).body;
  await put(info, new Uint8Array(3));
  const commit = { uploadKey: info.uploadKey, name: '报告.zip', option: { conflictStrategy } };
  const { body } = await v2(`/spaces/files/${uuid}/commit`, commit);
  expect([body.dentry?.name ?? body.code, body.dentry?.version]).toEqual([outcome, version]);
});

test.each([
  ['no user', '/v1.0/storage/spaces', {}, 400, 'paramError'],
  ['a stranger', '/v1.0/storage/spaces?unionId=nobody', {}, 400, 'paramError'],
  ['an unknown space', `/v1.0/storage/spaces/1/dentries/0/folders?${by('lisi')}`, { name: 'a' }, 404, 'spaceNotExist'],
  [
    'no such folder',
    `/v2.0/storage/spaces/files/x/uploadInfos/query?${by('lisi')}`,
    {},
    400,
    'paramError.parentDentryUuid',
  ],
  [
    'no such group',
    `/v1.0/convFile/conversations/spaces/query?${by('lisi')}`,
    { openConversationId: 'x' },
    404,
    'conversationNotExist',
  ],
])('%s is refused', async (_what, path, body, status, code) => {
  const answer = await here.api('POST', path, body);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

test('a wrong protocol, driver, name, size and quota are refused with their codes', async () => {
  const spaceId = await space({ quota: 1000 });
  const { uuid } = await folder(spaceId);
  const code = async (body: object) => (await v2(`/spaces/files/${uuid}/uploadInfos/query`, body)).body.code;
  expect(await code({})).toBe('paramError.protocol');
  expect(await code({ protocol: 'STS' })).toBe('dentryUploadProtocolNotSupport');
  expect(await code({ protocol: 'HEADER_SIGNATURE', option: { storageDriver: 'S3' } })).toBe(
    'paramError.storageDriver',
  );
  expect(await code(header(1, 'a|b'))).toBe('dentryNameIllegal');
  expect(await code(header(1001))).toBe('spaceQuotaInsufficient');
  await here.sim('POST', '/settings', { driveQuotaBytes: 100 });
  expect(await code(header(101))).toBe('orgQuotaInsufficient');
  const single = await v1(`/spaces/${spaceId}/files/uploadInfos/query`, { ...header(5 * 1024 ** 3), multipart: false });
  expect(single.body.code).toBe('paramError');
});

test('rights: nobody else in a person’s space, nobody in an app’s, no group that one is not in', async () => {
  const { dentry, spaceId } = await upload(new Uint8Array(10));
  const group = { spaceId, dentryId: dentry.id, openConversationId: 'cidProject=' };
  const foreign = await conv('/conversations/files/send', group, 'lisi');
  expect([foreign.status, foreign.body.code]).toEqual([403, 'permissionDenied']);
  const owned = await space({ ownerType: 'APP', sceneId: 'app' });
  expect((await v1(`/spaces/${owned}/dentries/0/folders`, { name: 'a' })).body.code).toBe('permissionDenied');
  await here.sim('POST', '/groups', { openConversationId: 'cidTwo=', members: ['lisi'] });
  const outside = await conv('/conversations/files/send', { ...group, openConversationId: 'cidTwo=' });
  expect([outside.status, outside.body.code]).toEqual([403, 'permissionDenied']);
  const { id } = await folder(spaceId, 'other');
  expect((await conv('/conversations/files/send', { ...group, dentryId: id })).body.code).toBe('folderNotSupport');
});

test('a file is found by its uuid, and its uuid by its id', async () => {
  const { dentry, spaceId } = await upload(new Uint8Array(9));
  const ask = async (path: string, who = 'zhangsan') =>
    (await here.api('GET', `/v2.0/doc/dentries/${path}operatorId=union-${who}`)).body;
  expect(await ask(`${dentry.id}/queryDentryUuid?spaceId=${spaceId}&`)).toEqual({ dentryUuid: dentry.uuid });
  expect(await ask(`${dentry.uuid}/queryDentryId?`)).toEqual({ dentryId: dentry.id, spaceId });
  expect((await ask(`${dentry.id}/queryDentryUuid?spaceId=other&`)).code).toBe('dentryNotExist');
  expect((await ask(`${dentry.uuid}/queryDentryId?`, 'nobody')).code).toBe('paramError');
  expect((await ask(`${dentry.uuid}/queryDentryId?`, 'lisi')).code).toBe('permissionDenied');
});

describe('rights that are granted', () => {
  const uploaded = async () => {
    const { dentry, uuid } = await upload(new Uint8Array(9));
    return { dentry, parent: { uuid } };
  };
  const grant = async (uuid: string, change: object = {}, who = 'zhangsan') =>
    (
      await v2(
        `/spaces/dentries/${uuid}/permissions`,
        { roleId: 'READER', members: [{ type: 'USER', id: 'lisi' }], ...change },
        who,
      )
    ).body;
  const tries = async ({ spaceId, id }: Loose) => {
    const place = `/spaces/${spaceId}/dentries/${id}`;
    const send = { spaceId, dentryId: id, openConversationId: 'cidOps=' };
    const answers = [
      await v1(`${place}/openInfos/query`, { option: { type: 'PREVIEW' } }, 'lisi'),
      await conv('/conversations/files/links/send', send, 'lisi'),
      await v1(`${place}/downloadInfos/query`, {}, 'lisi'),
      await conv('/conversations/files/send', send, 'lisi'),
    ];
    return answers.map(({ status }) => status);
  };

  test('a reader looks and links, a downloader takes and copies, and an editor of the folder puts files into it', async () => {
    const { dentry, parent } = await uploaded();
    expect(await tries(dentry)).toEqual([403, 403, 403, 403]);
    expect(await grant(dentry.uuid)).toEqual({ success: true });
    expect(await tries(dentry)).toEqual([200, 200, 403, 403]);
    await grant(parent.uuid, { roleId: 'DOWNLOADER', members: [{ type: 'CONVERSATION', id: 'cidOps=' }] });
    expect(await tries(dentry)).toEqual([200, 200, 200, 200]);
    const begin = async () => (await v2(`/spaces/files/${parent.uuid}/uploadInfos/query`, header(9), 'lisi')).status;
    expect(await begin()).toBe(403);
    await grant(parent.uuid, { roleId: 'EDITOR', members: [{ type: 'ORG', id: 'dingsimcorp' }] });
    expect(await begin()).toBe(200);
  });

  test.each([
    [{ roleId: 'BOSS' }, 'paramError'],
    [{ members: [] }, 'paramError'],
    [{ members: Array.from({ length: 31 }, () => ({ type: 'USER', id: 'lisi' })) }, 'paramError'],
    [{ members: [{ type: 'USER', id: 'union-lisi' }] }, 'paramError'],
    [{ members: [{ type: 'ROBOT', id: 'x' }] }, 'paramError'],
    [{ option: { duration: 60 } }, 'paramError'],
  ])('%j is refused with %s', async (change, code) => {
    const { dentry } = await uploaded();
    expect((await grant(dentry.uuid, change)).code).toBe(code);
    expect((await grant(dentry.uuid, {}, 'lisi')).code).toBe('permissionDenied');
    expect((await grant('nowhere')).code).toBe('dentryNotExist');
  });

  test('a person is named by unionId where a test says so', async () => {
    await here.sim('POST', '/settings', { driveMembersByUnionId: true });
    const { dentry } = await uploaded();
    expect(await grant(dentry.uuid, { members: [{ type: 'USER', id: 'union-lisi' }] })).toEqual({ success: true });
    expect((await tries(dentry))[0]).toBe(200);
  });
});

test('a v2 commit does not take a key of v1, unless told to', async () => {
  const { uuid, spaceId, id } = await folder(await space());
  const info = (await v1(`/spaces/${spaceId}/files/uploadInfos/query`, { ...header(3), multipart: false })).body;
  await put(info, new Uint8Array(3));
  const commit = { uploadKey: info.uploadKey, name: 'a.txt' };
  expect((await v2(`/spaces/files/${uuid}/commit`, commit)).body.code).toBe('paramError.uploadKey');
  await here.sim('POST', '/settings', { v2CommitTakesV1Key: true });
  expect((await v2(`/spaces/files/${uuid}/commit`, commit)).body.dentry.parentId).toBe(id);
});

test('faults reach the object store too', async () => {
  const { uuid } = await folder(await space());
  const info = (await v2(`/spaces/files/${uuid}/uploadInfos/query`, header(3))).body;
  await here.sim('POST', '/faults', { path: '/_sim/oss/*', fault: { status: 503, body: 'busy' } });
  expect(await put(info, new Uint8Array(3))).toEqual({ status: 503, text: 'busy' });
  await here.sim('POST', '/faults', { path: '/_sim/oss/*', fault: 'drop-after-accept' });
  await expect(put(info, new Uint8Array(3))).rejects.toThrow();
  expect((await v2(`/spaces/files/${uuid}/commit`, { uploadKey: info.uploadKey, name: 'a' })).body.dentry.size).toBe(3);
});

test('the bytes lie on disk, not in memory, and are gone when the simulator closes', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'drive-test-'));
  vi.stubEnv('TMPDIR', temporary);
  const simulator = await startSimulator({ port: 0 });
  const post = async (path: string, body: object, token = '') => {
    const headers = { 'content-type': 'application/json', 'x-acs-dingtalk-access-token': token };
    const answer = await fetch(`${simulator.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as Loose;
  };
  const { accessToken } = await post('/v1.0/oauth2/accessToken', { appKey: 'dingsimapp', appSecret: 'dingsimsecret' });
  const { space: own } = await post(`/v1.0/storage/spaces?${by('lisi')}`, { option: {} }, accessToken);
  const info = await post(
    `/v1.0/storage/spaces/${own.id}/files/uploadInfos/query?${by('lisi')}`,
    { ...header(96 * MIB), multipart: false },
    accessToken,
  );
  const held = () => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const memory = held();
  const chunk = Buffer.alloc(MIB);
  const source = Readable.from(Array.from({ length: 96 }, () => chunk));
  expect((await put(info, Readable.toWeb(source) as ReadableStream)).status).toBe(200);
  // what is left once everything that nobody holds is collected, whenever that would be by itself
  expect(held() - memory).toBeLessThan(64 * MIB);
  const [made] = readdirSync(temporary);
  expect(made).toMatch(/^dingtalk-simulator-/);
  await simulator.close();
  expect(readdirSync(temporary)).toEqual([]);
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true });
});
