import { expect, test } from 'vitest';
import { clientAgainst } from './client-against.ts';

const MSG = { msgtype: 'text', text: { content: '你好' } };

test('writes into a chat', async () => {
  const { dingtalk, calls } = await clientAgainst({ body: { errcode: 0, errmsg: 'ok', messageId: 'm1' } });
  expect(await dingtalk.conversations.sendToChat({ chatId: 'chat1', msg: MSG })).toEqual({ messageId: 'm1' });
  expect(calls[0]).toMatchObject({ path: '/chat/send', json: { chatid: 'chat1', msg: MSG } });
});

test('writes as a person and tells who has it', async () => {
  const { dingtalk, calls } = await clientAgainst({ body: { errcode: 0, errmsg: 'ok', receiver: 'lisi|wangwu' } });
  const sent = await dingtalk.conversations.sendAs({ sender: 'zhangsan', cid: 'cid1', msg: MSG });
  expect(sent).toEqual({ receivers: ['lisi', 'wangwu'] });
  expect(calls[0]).toMatchObject({
    path: '/message/send_to_conversation',
    json: { sender: 'zhangsan', cid: 'cid1', msg: MSG },
  });
});

test('nobody has it when DingTalk names nobody', async () => {
  const { dingtalk } = await clientAgainst({ body: { errcode: 0, errmsg: 'ok' } });
  const sent = await dingtalk.conversations.sendAs({ sender: 'zhangsan', cid: 'cid1', msg: MSG });
  expect(sent).toEqual({ receivers: [] });
});
