import { expect, test } from 'vitest';
import { stackClient } from '../support/stack-client.ts';

const { api, sim, request, urls } = await stackClient();
const find = async (title: string) =>
  (await api('GET', `/conversations?title=${encodeURIComponent(title)}`)).body.items;
const AT = Date.now();
let count = 0;
const chat = (EventType: string, openConversationId: string, fields: object, at = AT) =>
  sim('POST', '/events', { EventType, openConversationId, eventId: `chat-${++count}`, EventTime: at, ...fields });

test('a group is known by its latest title, whatever the order of the events, with the members heard of', async () => {
  const id = 'cidNew+/1=';
  await chat('chat_update_title', id, { title: '新群 🚀', chatId: 'chat9' }, AT + 2_000);
  await expect.poll(() => find('新群')).toHaveLength(1);
  await chat('chat_update_title', id, { title: '旧名' }, AT + 1_000);
  await chat('chat_add_member', id, { userId: ['zhangsan', 'lisi', 'wangwu'], operator: 'lisi' });
  await chat('chat_add_member', id, { userId: ['lisi'], operator: 'lisi' });
  await expect.poll(() => find('新')).toMatchObject([{ knownMembers: 3 }]);
  await chat('chat_quit', id, { operator: 'wangwu' });
  await chat('chat_update_owner', id, { owner: 'zhangsan' });
  const known = { app: 'default', openConversationId: id, chatId: 'chat9', title: '新群 🚀' };
  await expect.poll(() => find('新')).toMatchObject([{ ...known, owner: 'zhangsan', knownMembers: 2 }]);
  expect(await find('旧名')).toEqual([]);
  await chat('chat_disband', id, {});
  await expect.poll(() => find('新群')).toEqual([]);
});

test('a group in which somebody wrote to the robot becomes a destination by its title', async () => {
  await sim('POST', '/say', { from: 'zhangsan', text: '随便说说', conversation: 'cidProject=' });
  const project = async () =>
    (await find('')).find((each: { openConversationId: string }) => each.openConversationId === 'cidProject=');
  await expect.poll(project).toBeTruthy();
  const group = await project();
  expect(await find(group.title)).toMatchObject([{ openConversationId: 'cidProject=' }]);
  const destination = { kind: 'robot-group', openConversationId: group.openConversationId };
  expect((await api('PUT', '/destinations/by-title', destination)).status).toBeLessThan(300);
});

test('the list of groups is for callers with a key', async () => {
  expect((await request('GET', `${urls.api}/conversations`)).status).toBe(401);
});
