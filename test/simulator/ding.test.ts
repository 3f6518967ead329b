import { beforeEach, expect, test } from 'vitest';
import { desk } from './desk.ts';

const here = desk();
const ding = { robotCode: 'dingsimapp', remindType: 1, receiverUserIdList: ['lisi'], content: '服务器着火了' };
const send = (change: object = {}) => here.api('POST', '/v1.0/robot/ding/send', { ...ding, ...change });
const many = (count: number) => Array.from({ length: count }, (_, n) => `u${n}`);

beforeEach(() => here.sim('POST', '/settings', { dingEdition: true, dingPack: 30 }));

test('a DING reaches whom it names, tells whom it did not, and is taken back', async () => {
  const { body } = await send({ receiverUserIdList: ['lisi', 'nobody'] });
  expect(body).toEqual({ openDingId: expect.any(String), failedList: { 'invalid.staffId': ['nobody'] } });
  const shown = async () => (await here.sim('GET', '/messages?conversation=lisi'))[0];
  expect(await shown()).toMatchObject({ msgtype: 'ding', text: '服务器着火了', mentions: ['lisi'], recalled: false });
  const { openDingId } = body;
  const recall = (change: object) =>
    here.api('POST', '/v1.0/robot/ding/recall', { robotCode: 'dingsimapp', openDingId, ...change });
  expect((await recall({ openDingId: 'x' })).body.code).toBe('invalidParameter.param.invalid');
  expect((await recall({})).body).toEqual({ openDingId });
  expect((await shown()).recalled).toBe(true);
});

test('text messages and calls come out of the pack', async () => {
  const sms = { remindType: 2, receiverUserIdList: many(20) };
  expect((await send(sms)).status).toBe(200);
  expect((await send(sms)).body.code).toBe('ding.serverquota.insufficient');
  expect((await send()).status).toBe(200);
});

test('the standard edition has no DING', async () => {
  await here.sim('POST', '/settings', { dingEdition: false });
  expect((await send()).body.code).toBe('send.ding.exception');
});

test.each([
  [{ robotCode: 'dingnobody' }, 'invalidParameter.robotCode.notExsit'],
  [{ remindType: 4 }, 'invalidParameter.param.invalid'],
  [{ content: undefined }, 'invalidParameter.param.invalid'],
  [{ receiverUserIdList: [] }, 'miss.staffId'],
  [{ receiverUserIdList: many(201) }, 'ding.receivercount.limit'],
  [{ remindType: 3, receiverUserIdList: many(21) }, 'ding.receivercount.limit'],
])('%j is refused with %s', async (change, code) => {
  expect(await send(change)).toMatchObject({ status: 400, body: { code } });
});
