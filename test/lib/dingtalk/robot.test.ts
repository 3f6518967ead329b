import { expect, test } from 'vitest';
import { clientAgainst } from './client-against.ts';

const MESSAGE = { msgKey: 'sampleMarkdown', msgParam: { title: '发布', text: '# 完成 ✅' } };

test('writes into a group with the parameters as a JSON text', async () => {
  const { dingtalk, calls } = await clientAgainst({ body: { processQueryKey: 'pqk' } });
  const sent = await dingtalk.robot.sendToGroup({ openConversationId: 'cidOps=', ...MESSAGE });
  expect(sent).toEqual({ processQueryKey: 'pqk' });
  expect(calls.map(({ method, path, json }) => ({ method, path, json }))).toEqual([
    {
      method: 'POST',
      path: '/v1.0/robot/groupMessages/send',
      json: {
        robotCode: 'dingsimapp',
        openConversationId: 'cidOps=',
        msgKey: 'sampleMarkdown',
        msgParam: '{"title":"发布","text":"# 完成 ✅"}',
      },
    },
  ]);
});

test('writes to people and tells whom DingTalk left out', async () => {
  const body = { processQueryKey: 'pqk', invalidStaffIdList: ['gone'], flowControlledStaffIdList: ['busy'] };
  const { dingtalk, calls } = await clientAgainst({ body }, { robotCode: 'another' });
  const sent = await dingtalk.robot.sendToUsers({ userIds: ['zhangsan', 'gone', 'busy'], ...MESSAGE });
  expect(sent).toEqual({ processQueryKey: 'pqk', invalidUserIds: ['gone'], throttledUserIds: ['busy'] });
  expect(calls[0]).toMatchObject({
    path: '/v1.0/robot/oToMessages/batchSend',
    json: { robotCode: 'another', userIds: ['zhangsan', 'gone', 'busy'], msgKey: 'sampleMarkdown' },
  });
});

test('nobody was left out when DingTalk leaves the lists out', async () => {
  const { dingtalk } = await clientAgainst({ body: { processQueryKey: 'pqk', invalidStaffIdList: null } });
  const sent = await dingtalk.robot.sendToUsers({ userIds: ['zhangsan'], ...MESSAGE });
  expect(sent).toEqual({ processQueryKey: 'pqk', invalidUserIds: [], throttledUserIds: [] });
});
