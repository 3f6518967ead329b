import { expect, test } from 'vitest';
import { desk, text } from './desk.ts';

const here = desk();
const base = '/topapi/message/corpconversation';
const agent_id = 1000001;
const send = (change: object = {}) =>
  here.old('POST', `${base}/asyncsend_v2`, { agent_id, userid_list: 'lisi', msg: text('工资条'), ...change });
const code = async (change: object) => (await send(change)).body.errcode;

const oa = (change: object = {}) => ({
  msgtype: 'oa',
  oa: { message_url: 'https://a', head: { bgcolor: 'FFBBBBBB', text: 't' }, body: { title: 't' }, ...change },
});

test('a notification arrives in the conversation of the person', async () => {
  const { body } = await send({ userid_list: 'lisi,wangwu,nobody' });
  expect(body).toMatchObject({ errcode: 0, task_id: expect.any(Number) });
  expect(await here.sim('GET', '/messages?conversation=lisi')).toMatchObject([
    { via: 'work-notification', msgtype: 'text', text: '工资条', conversationTitle: '李四' },
  ]);
  const result = await here.old('POST', `${base}/getsendresult`, { agent_id, task_id: body.task_id });
  expect(result.body.send_result).toEqual({
    invalid_user_id_list: ['nobody'],
    unread_user_id_list: ['lisi', 'wangwu'],
  });
  const progress = await here.old('POST', `${base}/getsendprogress`, { agent_id, task_id: body.task_id });
  expect(progress.body.progress).toEqual({ progress_in_percent: 100, status: 2 });
});

test('the same content to the same person on the same day is a success that is dropped', async () => {
  await send();
  const second = await send();
  expect(second.body.errcode).toBe(0);
  expect(await here.sim('GET', '/messages')).toHaveLength(1);
  const result = await here.old('POST', `${base}/getsendresult`, { agent_id, task_id: second.body.task_id });
  expect(result.body.send_result.forbidden_list).toEqual([{ code: '143106', count: 1, userid: 'lisi' }]);
  expect((await here.sim('GET', '/work-notifications'))[1].dropped).toHaveLength(1);
  await here.sim('POST', '/clock', { advanceMs: 86_400_000 });
  await send();
  expect(await here.sim('GET', '/messages')).toHaveLength(2);
});

test('recall wants msg_task_id', async () => {
  const { task_id } = (await send()).body;
  expect((await here.old('POST', `${base}/recall`, { agent_id, task_id })).body.errcode).toBe(40035);
  expect((await here.old('POST', `${base}/recall`, { agent_id, msg_task_id: task_id })).body.errcode).toBe(0);
  expect((await here.sim('GET', '/messages'))[0].recalled).toBe(true);
  expect((await here.old('POST', `${base}/recall`, { agent_id, msg_task_id: 5 })).body.errcode).toBe(400002);
});

test('a form with msg as JSON text is taken as well', async () => {
  const form = new URLSearchParams({ agent_id: '1000001', userid_list: 'lisi', msg: JSON.stringify(text('x')) });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const path = `${base}/asyncsend_v2?access_token=${await here.token()}`;
  expect((await here.call('POST', path, String(form), headers)).body.errcode).toBe(0);
});

const card = { title: 't', markdown: 'x', single_title: 'go', single_url: 'https://a' };
test.each([
  [{ agent_id: undefined }, 40035],
  [{ agent_id: 5 }, 40056],
  [{ userid_list: undefined }, 40035],
  [{ userid_list: ['lisi'] }, 40035],
  [{ userid_list: Array.from({ length: 101 }, () => 'lisi').join() }, 41029],
  [{ dept_id_list: Array.from({ length: 21 }, () => '1').join() }, 41029],
  [{ msg: undefined }, 40035],
  [{ msg: { msgtype: 'sampleText', sampleText: {} } }, 40008],
  [{ msg: { msgtype: 'text', text: {} } }, 40035],
  [{ msg: { msgtype: 'file', file: { media_id: '@lAjnope' } } }, 40007],
  [{ msg: { msgtype: 'link', link: { messageUrl: 'https://a', title: 't', text: 'x' } } }, 40035],
  [{ msg: { msgtype: 'action_card', action_card: { ...card, single_title: 'x'.repeat(21) } } }, 34016],
  [{ msg: { msgtype: 'action_card', action_card: { ...card, single_url: 'x'.repeat(501) } } }, 34016],
  [{ msg: oa({ head: { bgcolor: 'FFBBBBBB' } }) }, 40035],
  [{ msg: oa({ status_bar: { status_value: '进行中', status_bg: 'red' } }) }, 40035],
  [{ msg: oa({ body: { form: [{ key: 'k' }] } }) }, 40035],
  [{ msg: { msgtype: 'oa', oa: { message_url: 'https://a', head: { bgcolor: 'red', text: 't' }, body: {} } } }, 40035],
])('refuses %j with %i', async (change, errcode) => {
  expect(await code(change)).toBe(errcode);
});

test('the msg may have 2048 bytes', async () => {
  const frame = Buffer.byteLength(JSON.stringify(text('')));
  expect(await code({ msg: text('x'.repeat(2048 - frame)) })).toBe(0);
  expect(await code({ msg: text('x'.repeat(2049 - frame)) })).toBe(45002);
});

test('everybody, the root department and three times a day', async () => {
  expect(await code({ userid_list: undefined, dept_id_list: '1' })).toBe(0);
  for (const n of [1, 2, 3])
    expect(await code({ userid_list: undefined, to_all_user: true, msg: text(`${n}`) })).toBe(0);
  expect(await code({ userid_list: undefined, to_all_user: true, msg: text('4') })).toBe(41045);
  expect(await here.sim('GET', '/messages')).toHaveLength(12);
});

test('the old conversation calls reach the group', async () => {
  const chat = await here.old('POST', '/chat/send', { chatid: 'chatOps', msg: text('hallo') });
  expect(chat.body).toMatchObject({ errcode: 0, messageId: expect.any(String) });
  const other = await here.old('POST', '/message/send_to_conversation', {
    sender: 'lisi',
    cid: 'cidOps=',
    msg: text('x'),
  });
  expect(other.body).toMatchObject({ errcode: 0, receiver: 'zhangsan|wangwu' });
  expect(await here.sim('GET', '/messages?conversation=cidOps=')).toMatchObject([
    { via: 'conversation' },
    { sender: 'lisi' },
  ]);
});

test.each([
  ['/chat/send', { chatid: 'nope', msg: text('x') }, 34001],
  ['/chat/send', { msg: text('x') }, 40035],
  ['/chat/send', { chatid: 'chatOps', msg: { msgtype: 'feed', feed: {} } }, 34004],
  ['/message/send_to_conversation', { sender: 'nobody', cid: 'cidOps=', msg: text('x') }, 40012],
  ['/message/send_to_conversation', { sender: 'lisi', cid: 'nope', msg: text('x') }, 40016],
  ['/message/send_to_conversation', { sender: 'lisi', conversationId: 'cidOps=', msg: text('x') }, 40035],
])('%s refuses %j with %i', async (path, body, errcode) => {
  expect((await here.old('POST', path, body)).body.errcode).toBe(errcode);
});

test('a cid is good for one message when that rule is on', async () => {
  await here.sim('POST', '/settings', { cidOnce: true });
  const body = { sender: 'lisi', cid: 'cidOps=', msg: text('x') };
  expect((await here.old('POST', '/message/send_to_conversation', body)).body.errcode).toBe(0);
  expect((await here.old('POST', '/message/send_to_conversation', body)).body.errcode).toBe(40016);
});

test('a chatid has an openConversationId', async () => {
  const answer = await here.api('POST', '/v1.0/im/chat/chatOps/convertToOpenConversationId');
  expect(answer.body).toEqual({ openConversationId: 'cidOps=' });
  expect((await here.api('POST', '/v1.0/im/chat/x/convertToOpenConversationId')).body.code).toBe('invalideChatId');
});

test('the status bar of an oa message changes, when it went to few people by name', async () => {
  const status_bar = { status_value: '进行中', status_bg: '0xFFF65E5E' };
  const send = async (change: object) =>
    (
      await here.old('POST', '/topapi/message/corpconversation/asyncsend_v2', {
        agent_id: 1000001,
        msg: oa({ status_bar }),
        ...change,
      })
    ).body.task_id;
  const change = async (task_id: number, more: object = {}) =>
    (
      await here.old('POST', '/topapi/message/corpconversation/status_bar/update', {
        agent_id: 1000001,
        task_id,
        status_value: '已完成',
        ...more,
      })
    ).body.errcode;
  const task = await send({ userid_list: 'lisi' });
  expect(await change(task, { status_bg: '0xFF78C06E' })).toBe(0);
  const [shown] = await here.sim('GET', '/messages?conversation=lisi');
  expect(shown.content.status_bar).toEqual({ status_value: '已完成', status_bg: '0xFF78C06E' });
  expect(await change(task, { status_bg: 'green' })).toBe(40035);
  expect(await change(task, { status_value: '' })).toBe(40035);
  expect(await change(await send({ dept_id_list: '1' }))).toBe(41052);
});
