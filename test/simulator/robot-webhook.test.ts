import { robotSign } from 'dingtalk-simulator';
import { expect, test } from 'vitest';
import { desk, type Loose, text } from './desk.ts';

const here = desk();
const ops = () => here.sim('GET', '/messages?conversation=cidOps=');

test.each([
  ['SECtest', '1700000000000', 'aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g%3D'],
  ['SECtest', '1700000000001', 'r4CWp%2FDz%2BNg0sbTjH1vB0Fr%2BuQ2fn831mssaN6%2FC05I%3D'],
  ['this is secret', '1577262236757', 'hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D'],
])('signs %s at %s as published', (secret, timestamp, sign) => {
  expect(encodeURIComponent(robotSign(secret, timestamp))).toBe(sign);
});

test('a text arrives byte for byte, with the people whose @ renders', async () => {
  const content = '  磁盘满了 <b>&amp;</b> @lisi @13800000003 @zhangsanfeng\n😀 ';
  const at = { atUserIds: ['lisi', 'zhangsan', 'stranger'], atMobiles: ['13800000003'] };
  expect((await here.robot({ ...text(content), at })).body).toMatchObject({ errcode: 0, errmsg: 'ok' });
  const [message] = await ops();
  expect(message).toMatchObject({
    conversation: 'cidOps=',
    conversationTitle: '运维群 Ops',
    via: 'custom-robot',
    msgtype: 'text',
    text: content,
    content: { content },
    atRequest: at,
    mentions: ['lisi', 'wangwu'],
    recalled: false,
  });
});

test('@ all reaches every member, a link reaches nobody by @', async () => {
  await here.robot({ ...text('all'), at: { isAtAll: true } });
  await here.robot({
    msgtype: 'link',
    link: { title: 't', text: '@lisi', messageUrl: 'https://a' },
    at: { atUserIds: ['lisi'] },
  });
  expect((await ops()).map((message: Loose) => message.mentions)).toEqual([['zhangsan', 'lisi', 'wangwu'], []]);
});

test.each([
  ['markdown', { markdown: { title: 't', text: '# x' } }],
  ['link', { link: { title: 't', text: 'x', messageUrl: 'https://a', picUrl: 'https://p' } }],
  ['actionCard', { actionCard: { title: 't', text: 'x', singleTitle: 'go', singleURL: 'https://a' } }],
  ['actionCard', { actionCard: { title: 't', text: 'x', btns: [{ title: 'a', actionURL: 'https://a' }] } }],
  ['feedCard', { feedCard: { links: [{ title: 'a', messageURL: 'https://a', picURL: 'https://p' }] } }],
])('takes %s', async (msgtype, body) => {
  expect((await here.robot({ msgtype, ...body })).body.errcode).toBe(0);
  expect((await ops())[0].msgtype).toBe(msgtype);
});

test.each([
  [{ msgtype: 'file', file: { mediaId: 'x' } }, 400105],
  [{ msgtype: 'image', image: { picURL: 'x' } }, 400105],
  [{ text: { content: 'x' } }, 400402],
  [{ msgtype: 'text', text: {} }, 400402],
  [{ msgtype: 'text', text: 'x' }, 400402],
  [{ msgtype: 'markdown', markdown: { text: 'x' } }, 400402],
  [{ msgtype: 'link', link: { title: 't', text: 'x' } }, 400402],
  [{ msgtype: 'actionCard', actionCard: { title: 't', text: 'x' } }, 400402],
  [{ msgtype: 'actionCard', actionCard: { title: 't', text: 'x', btns: [{ title: 'a' }] } }, 400402],
  [{ msgtype: 'feedCard', feedCard: { links: [] } }, 400402],
  [{ ...text('x'), at: { atUserIds: Array.from({ length: 51 }, (_, n) => `u${n}`) } }, 40035],
])('refuses %j with %i', async (body, errcode) => {
  expect((await here.robot(body)).body.errcode).toBe(errcode);
  expect(await ops()).toEqual([]);
});

test('refuses a wrong token, sign, time, content type, body and size', async () => {
  const code = async (answer: Promise<{ body: { errcode: number; errmsg: string } }>) => (await answer).body.errcode;
  const query = () => {
    const timestamp = String(Date.now());
    return new URLSearchParams({
      access_token: 'simopsrobot',
      timestamp,
      sign: robotSign('SECsimopsrobot', timestamp),
    });
  };
  expect(await code(here.robot(text('x'), { token: 'nobody' }))).toBe(300005);
  expect((await here.robot(text('x'), { secret: 'SECother' })).body).toMatchObject({
    errcode: 310000,
    errmsg: expect.stringContaining('签名不匹配'),
  });
  const stale = String(Date.now() - 3_601_000);
  expect((await here.robot(text('x'), { timestamp: stale })).body.errmsg).toContain('签名过期');
  expect(await code(here.call('POST', '/robot/send?access_token=simopsrobot', text('x')))).toBe(310000);
  expect(await code(here.call('POST', `/robot/send?${query()}`, 'a=b', { 'content-type': 'text/plain' }))).toBe(43004);
  const json = { 'content-type': 'application/json' };
  expect(await code(here.call('POST', `/robot/send?${query()}`, 'no json', json))).toBe(40035);
});

test('the whole body may have 20000 bytes, counted in UTF-8', async () => {
  const frame = Buffer.byteLength(JSON.stringify(text('')));
  const fits = `${'字'.repeat(Math.floor((20_000 - frame) / 3))}`.padEnd(0);
  const rest = 'x'.repeat(20_000 - frame - Buffer.byteLength(fits));
  expect((await here.robot(text(fits + rest))).body.errcode).toBe(0);
  expect((await here.robot(text(`${fits}${rest}x`))).body.errcode).toBe(460101);
});

test('the same msgUuid is a success and no second message', async () => {
  const body = { ...text('once'), msgUuid: 'u-1' };
  expect((await here.robot(body)).body.errcode).toBe(0);
  expect((await here.robot(body)).body.errcode).toBe(0);
  await here.robot({ ...body, msgUuid: 'u-2' });
  expect(await ops()).toHaveLength(2);
});

test('the 21st message of a minute is refused, and so is everything for ten minutes', async () => {
  for (let n = 0; n < 20; n += 1) expect((await here.robot(text(`${n}`))).body.errcode).toBe(0);
  expect((await here.robot(text('21'))).body.errcode).toBe(660026);
  await here.sim('POST', '/clock', { advanceMs: 61_000 });
  expect((await here.robot(text('still blocked'))).body.errcode).toBe(660026);
  await here.sim('POST', '/clock', { advanceMs: 539_000 });
  expect((await here.robot(text('free'))).body.errcode).toBe(0);
  expect(await ops()).toHaveLength(21);
});

test('the window slides: a message later there is room again', async () => {
  for (let n = 0; n < 20; n += 1) {
    await here.robot(text(`${n}`));
    await here.sim('POST', '/clock', { advanceMs: 3000 });
  }
  expect((await here.robot(text('21'))).body.errcode).toBe(0);
});

test('the limit and its code can be set', async () => {
  await here.sim('POST', '/settings', { robotWindow: { limit: 1 }, robotThrottleCode: 130101 });
  await here.robot(text('1'));
  expect((await here.robot(text('2'))).body.errcode).toBe(130101);
});

test('a robot with keywords wants one of them', async () => {
  await here.sim('POST', '/robots', { accessToken: 'kw', conversation: 'cidProject=', keywords: ['告警'] });
  const send = (content: string) => here.call('POST', '/robot/send?access_token=kw', text(content));
  expect((await send('hello')).body).toMatchObject({ errcode: 310000, errmsg: expect.stringContaining('关键词') });
  expect((await send('告警: disk')).body.errcode).toBe(0);
});
