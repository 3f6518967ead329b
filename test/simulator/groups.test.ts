import { expect, test } from 'vitest';
import { desk, text } from './desk.ts';

const here = desk();
const wanted = { name: '新项目', owner: 'lisi', useridlist: ['zhangsan', 'lisi'] };

test('a group made by the old API is written to, read, renamed and joined', async () => {
  const { body } = await here.old('POST', '/chat/create', wanted);
  expect(body).toMatchObject({ errcode: 0, conversationTag: 2 });
  const { chatid } = body;
  const sent = await here.old('POST', '/chat/send', { chatid, msg: text('开始') });
  await here.sim('POST', '/read', { userId: 'zhangsan' });
  const query = new URLSearchParams({ messageId: sent.body.messageId, cursor: '0', size: '10' });
  expect((await here.old('GET', `/chat/getReadList?${query}`)).body.readUserIdList).toEqual(['zhangsan']);
  const change = { chatid, name: '旧项目', owner: 'wangwu', add_useridlist: ['wangwu'], del_useridlist: ['zhangsan'] };
  expect((await here.old('POST', '/chat/update', change)).body.errcode).toBe(0);
  const { chat_info } = (await here.old('GET', `/chat/get?chatid=${chatid}`)).body;
  expect(chat_info).toMatchObject({ name: '旧项目', owner: 'wangwu', useridlist: ['wangwu', 'lisi'] });
});

test('a group made by the new API takes the app’s robot', async () => {
  const { openConversationId } = (await here.api('POST', '/v1.0/im/group/create', wanted)).body;
  expect((await here.group('sampleText', { content: 'x' }, { openConversationId })).status).toBe(200);
  const change = { openConversationId, name: '改名' };
  expect((await here.api('POST', '/v1.0/im/group/update', change)).body).toEqual({ success: true });
  expect((await here.sim('GET', '/state')).groups.at(-1)).toMatchObject({
    title: '改名',
    members: ['lisi', 'zhangsan'],
  });
});

test.each([
  [{ name: '' }, 'name'],
  [{ name: 'x'.repeat(21) }, 'name'],
  [{ owner: 'wangwu' }, 'owner'],
  [{ useridlist: Array.from({ length: 41 }, () => 'lisi') }, 'useridlist'],
  [{ useridlist: ['lisi', 'nobody'] }, 'useridlist'],
])('%j is refused by both, naming %s', async (change, member) => {
  const old = (await here.old('POST', '/chat/create', { ...wanted, ...change })).body;
  expect(old).toMatchObject({ errcode: 40035, errmsg: expect.stringContaining(member) });
  const { status, body } = await here.api('POST', '/v1.0/im/group/create', { ...wanted, ...change });
  expect([status, body.code]).toEqual([400, 'parameter.invalid']);
});

test.each([
  ['POST', '/chat/update', { chatid: 'nope' }, 40016],
  ['POST', '/chat/update', { chatid: 'chatOps', owner: 'nobody' }, 40035],
  ['GET', '/chat/getReadList?messageId=nope', undefined, 40035],
])('%s %s %j is refused with %i', async (method, path, body, errcode) => {
  expect((await here.old(method, path, body)).body.errcode).toBe(errcode);
});
