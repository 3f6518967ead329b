import { expect, test } from 'vitest';
import { dingtalkOf } from '../../cli/stage/app.ts';
import { SIMULATED_APP } from '../../stage/local-secret.ts';
import { cliOf } from '../support/cli.ts';
import { stackClient } from '../support/stack-client.ts';

const { urls, sim, messagesIn, callsTo, busEvents } = await stackClient();
const { dingdock } = cliOf(urls);
const dingtalk = { api: urls.simulator, oapi: urls.simulator };
const { cards } = dingtalkOf(SIMULATED_APP, dingtalk);

const registered = async () =>
  (await dingdock(['callback', 'cards', '--url', `${urls.api}/dingtalk/cards`, '--route-key', 'e2e', '--replace']))
    .code;

const newCard = async (outTrackId: string, to: { openConversationId: string } | { userId: string }) => {
  expect(await registered()).toBe(0);
  const card = { outTrackId, templateId: 'tpl', params: { title: '任务 🎯', status: 'open' }, to, routeKey: 'e2e' };
  await cards.createAndDeliver(card);
  return card;
};
const updatesOf = async (outTrackId: string) =>
  (await callsTo('/v1.0/card/instances')).filter(
    ({ method, body, code }: { method: string; body?: { outTrackId?: string }; code: string }) =>
      method === 'PUT' && body?.outTrackId === outTrackId && code === 'ok',
  );
const shown = async (conversation: string, outTrackId: string) =>
  (await messagesIn(conversation)).find((message: { outTrackId?: string }) => message.outTrackId === outTrackId)
    ?.content;

test('a tap changes the card for everybody after it was answered, and counts once', async () => {
  const outTrackId = 'dingdock-e2e-card';
  const card = await newCard(outTrackId, { openConversationId: 'cidOps=' });
  await cards.createAndDeliver(card);
  const tap = { outTrackId, userId: 'lisi', actionId: 'accept' };
  const [first] = await Promise.all([sim('POST', '/click', tap), sim('POST', '/click', tap)]);
  expect(first.body).toMatchObject({ delivered: true, answer: {} });
  const wanted = { title: '任务 🎯', status: 'accept', actor: 'lisi' };
  await expect.poll(() => shown('cidOps=', outTrackId)).toEqual(wanted);
  expect((await sim('POST', '/click', tap)).body.delivered).toBe(true);
  await sim('POST', '/click', { ...tap, userId: 'zhangsan', actionId: 'done' });
  await expect.poll(() => shown('cidOps=', outTrackId)).toEqual({ ...wanted, status: 'done', actor: 'zhangsan' });
  expect(await updatesOf(outTrackId)).toHaveLength(2);
});

test('a card of another program is left to it, and its tap is on the bus', async () => {
  const outTrackId = 'somebody-elses-card';
  await newCard(outTrackId, { userId: 'lisi' });
  await sim('POST', '/click', { outTrackId, userId: 'lisi', actionId: 'yes' });
  const heard = () => busEvents().filter(({ detail }) => detail.data.outTrackId === outTrackId);
  await expect.poll(() => heard().length).toBe(1);
  expect(await updatesOf(outTrackId)).toEqual([]);
});
