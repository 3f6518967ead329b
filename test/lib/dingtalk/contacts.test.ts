import { expect, test } from 'vitest';
import { clientAgainst } from './client-against.ts';

test('finds a person by user id', async () => {
  const result = { userid: 'zhangsan', unionid: 'union-zhangsan', name: '张三', active: true };
  const { dingtalk, calls } = await clientAgainst({ body: { errcode: '0', errmsg: 'ok', result } });
  const user = await dingtalk.contacts.getUser('zhangsan');
  expect(user).toEqual({ userId: 'zhangsan', unionId: 'union-zhangsan', name: '张三' });
  expect(calls[0]).toMatchObject({ path: '/topapi/v2/user/get', json: { userid: 'zhangsan' } });
});

test('says that there is no such person', async () => {
  const { dingtalk } = await clientAgainst({ body: { errcode: 60121, errmsg: '找不到该用户' } });
  await expect(dingtalk.contacts.getUser('nobody')).rejects.toMatchObject({ code: '60121', class: 'gone' });
});
