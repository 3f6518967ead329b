import { expect, test } from 'vitest';
import { clientAgainst } from './client-against.ts';

const MSG = { msgtype: 'text', text: { content: '你好' } };
const sent = { body: { errcode: 0, errmsg: 'ok', task_id: 256271667526, request_id: 'r' } };

test.each([
  [{ userIds: ['zhangsan', 'lisi'] }, { userid_list: 'zhangsan,lisi', to_all_user: false }],
  [{ departmentIds: ['1', 22] }, { dept_id_list: '1,22', to_all_user: false }],
  [{ all: true }, { to_all_user: true }],
])('sends to %j', async (to, fields) => {
  const { dingtalk, calls } = await clientAgainst(sent);
  expect(await dingtalk.workNotifications.send({ ...to, msg: MSG })).toEqual({ taskId: '256271667526' });
  expect(calls[0]).toMatchObject({
    path: '/topapi/message/corpconversation/asyncsend_v2',
    query: { access_token: 'the-token' },
  });
  expect(calls[0]?.json).toEqual({ agent_id: 1000001, msg: MSG, ...fields });
});

test('says what is missing when the app has no agent id', async () => {
  const { dingtalk, calls } = await clientAgainst(sent, { agentId: undefined });
  const failure = dingtalk.workNotifications.send({ all: true, msg: MSG });
  await expect(failure).rejects.toMatchObject({ code: 'agent_id_missing', retryable: false });
  expect(calls).toEqual([]);
});
