import { cardSign, robotSign } from 'dingtalk-simulator';
import { beforeEach, expect, test } from 'vitest';
import { desk, text } from './desk.ts';
import { receiver } from './receiver.ts';

const here = desk();
const owner = receiver();
beforeEach(() => {
  here.simulator.setCallbackUrl(owner.url);
  owner.react = () => ({});
});
const path = (address: string) => address.replace(here.url, '');

test('what a person writes in a group reaches the robot, signed, and shows in the conversation', async () => {
  const answer = await here.sim('POST', '/say', { from: 'zhangsan', text: '状态', conversation: 'cidOps=' });
  expect(answer).toMatchObject({ pushed: true, delivered: true });
  const [seen] = owner.seen;
  const timestamp = String(seen?.headers.timestamp);
  expect(seen).toMatchObject({ path: '/dingtalk/robot', headers: { sign: robotSign('dingsimsecret', timestamp) } });
  expect(seen?.body).toMatchObject({
    msgtype: 'text',
    text: { content: ' 状态' },
    conversationType: '2',
    conversationId: 'cidOps=',
    conversationTitle: '运维群 Ops',
    senderStaffId: 'zhangsan',
    senderNick: '张三',
    senderUnionId: 'union-zhangsan',
    robotCode: 'dingsimapp',
    msgId: expect.any(String),
    sessionWebhook: expect.stringContaining('/robot/sendBySession?session='),
  });
  expect(await here.sim('GET', '/messages?conversation=cidOps=')).toMatchObject([
    { id: answer.messageId, via: 'person', sender: 'zhangsan', text: '状态' },
  ]);
});

test('the session webhook answers into the conversation until it expires', async () => {
  await here.sim('POST', '/say', { from: 'lisi', text: 'hi', conversation: 'cidOps=' });
  const { sessionWebhook, sessionWebhookExpiredTime } = owner.seen[0]!.body;
  expect(sessionWebhookExpiredTime - Date.now()).toBeGreaterThan(5_000_000);
  const reply = await here.call('POST', path(sessionWebhook), { ...text('@lisi ok'), at: { atUserIds: ['lisi'] } });
  expect(reply.body.errcode).toBe(0);
  expect((await here.sim('GET', '/messages'))[1]).toMatchObject({ via: 'session-webhook', mentions: ['lisi'] });
  const file = { msgtype: 'file', file: { mediaId: 'x' } };
  expect((await here.call('POST', path(sessionWebhook), file)).body.errcode).toBe(400105);
  await here.sim('POST', '/clock', { advanceMs: 5_400_001 });
  expect((await here.call('POST', path(sessionWebhook), text('late'))).body.errcode).toBe(300001);
});

test('the direct answer is shown, "empty" is not, and nonsense is no answer', async () => {
  owner.react = () => ({ body: JSON.stringify(text('收到')) });
  await here.sim('POST', '/say', { from: 'lisi', text: 'hi' });
  owner.react = () => ({ body: '{"msgtype":"empty"}' });
  expect((await here.sim('POST', '/say', { from: 'lisi', text: 'hi' })).delivered).toBe(true);
  owner.react = () => ({ body: JSON.stringify({ msgtype: 'image' }) });
  expect((await here.sim('POST', '/say', { from: 'lisi', text: 'hi' })).delivered).toBe(false);
  const said = await here.sim('GET', '/messages?conversation=lisi');
  expect(said.map((message: { via: string }) => message.via)).toEqual(['person', 'app-robot', 'person', 'person']);
  expect(owner.seen[0]?.body).toMatchObject({ conversationType: '1', text: { content: 'hi' } });
});

test('a file sent to the robot can be fetched by its code, while both live', async () => {
  const base64 = Buffer.from('内容').toString('base64');
  await here.sim('POST', '/say', { from: 'lisi', file: { name: '合同.pdf', base64 } });
  const { msgtype, content } = owner.seen[0]!.body;
  expect([msgtype, content.fileName]).toEqual(['file', '合同.pdf']);
  const exchange = (change: object = {}) =>
    here.api('POST', '/v1.0/robot/messageFiles/download', {
      downloadCode: content.downloadCode,
      robotCode: 'dingsimapp',
      ...change,
    });
  const { downloadUrl } = (await exchange()).body;
  expect(downloadUrl).toMatch(/Expires=\d+/);
  expect((await here.call('GET', path(downloadUrl))).text).toBe('内容');
  const typed = await here.call('GET', path(downloadUrl), undefined, { 'content-type': 'application/json' });
  expect([typed.status, typed.text]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')]);
  expect((await exchange({ downloadCode: 'x' })).body.code).toBe('invalidParameter.robotCode.downloadCode');
  expect((await exchange({ robotCode: undefined })).body.code).toBe('invalidParameter.robotCode.empty');
  expect((await exchange({ robotCode: 'other' })).body.code).toBe('invalidParameter.robotCode.auth');
  await here.sim('POST', '/clock', { advanceMs: 300_001 });
  expect((await here.call('GET', path(downloadUrl))).status).toBe(403);
  expect((await exchange()).body.code).toBe('invalidParameter.robotCode.downloadCode');
});

test('a voice, a video and a text with pictures reach the robot in DingTalk’s shapes, and can be fetched', async () => {
  const base64 = Buffer.from('bytes').toString('base64');
  await here.sim('POST', '/say', { from: 'lisi', audio: { base64, durationMs: 3000, recognition: '你好' } });
  await here.sim('POST', '/say', { from: 'lisi', video: { base64, name: 'a.mp4' } });
  await here.sim('POST', '/say', {
    from: 'lisi',
    conversation: 'cidOps=',
    richText: [{ text: '看图 ' }, { picture: { base64, name: 'a.png' } }],
  });
  const [audio, video, rich] = owner.seen.map((seen) => seen.body);
  const downloadCode = expect.any(String);
  expect(audio).toMatchObject({ msgtype: 'audio', content: { duration: 3000, recognition: '你好', downloadCode } });
  expect(video).toMatchObject({ msgtype: 'video', content: { duration: 4000, videoType: 'mp4', downloadCode } });
  expect(rich.content.richText).toEqual([
    { text: '看图 ' },
    { type: 'picture', downloadCode, pictureDownloadCode: expect.any(String) },
  ]);
  for (const content of [audio.content, video.content, rich.content.richText[1]]) {
    const body = { downloadCode: content.downloadCode, robotCode: 'dingsimapp' };
    const { downloadUrl } = (await here.api('POST', '/v1.0/robot/messageFiles/download', body)).body;
    expect((await here.call('GET', path(downloadUrl))).text).toBe('bytes');
  }
  const said = await here.sim('GET', '/messages');
  expect(said.map((message: { msgtype: string }) => message.msgtype)).toEqual(['audio', 'video', 'richText']);
});

test.each(['audio', 'video'])('in a group no %s reaches the robot', async (kind) => {
  const saying = { from: 'lisi', conversation: 'cidOps=', [kind]: { base64: 'eA==' } };
  expect((await here.sim('POST', '/say', saying)).pushed).toBe(false);
  expect(owner.seen).toEqual([]);
});

test('a file in a group reaches the robot when somebody quotes it', async () => {
  const file = { name: '账单.pdf', base64: 'eA==' };
  const { messageId } = await here.sim('POST', '/say', { from: 'lisi', conversation: 'cidOps=', file });
  await here.sim('POST', '/say', { from: 'wangwu', conversation: 'cidOps=', text: '存档', quote: messageId });
  expect(owner.seen).toHaveLength(1);
  expect(owner.seen[0]?.body.text).toEqual({
    content: ' 存档',
    isReplyMsg: true,
    repliedMsg: {
      msgType: 'file',
      msgId: expect.any(String),
      createdAt: expect.any(Number),
      senderId: expect.any(String),
      content: { downloadCode: expect.any(String), fileName: '账单.pdf' },
    },
  });
  const nowhere = await here.call('POST', '/_sim/say', { from: 'lisi', text: 'x', quote: 'msg-0' });
  expect(nowhere.status).toBe(400);
});

test('in a group a picture reaches the robot, a file does not', async () => {
  const file = { name: 'a.png', base64: 'eA==' };
  const group = { from: 'lisi', conversation: 'cidOps=', file };
  expect(await here.sim('POST', '/say', group)).toMatchObject({ pushed: false, why: expect.any(String) });
  expect(owner.seen).toEqual([]);
  expect((await here.sim('POST', '/say', { ...group, picture: true })).pushed).toBe(true);
  expect(owner.seen[0]?.body).toMatchObject({ msgtype: 'picture', content: { downloadCode: expect.any(String) } });
});

test('a text and a file are two messages; with the quota used up neither says anything', async () => {
  const file = { name: 'a.pdf', base64: 'eA==' };
  await here.sim('POST', '/say', { from: 'lisi', text: 'hi', file, quotaExhausted: true });
  expect(owner.seen.map((seen) => seen.body)).toMatchObject([
    { msgtype: 'text', errorCode: '20001' },
    { msgtype: 'file', errorCode: '20001' },
  ]);
  for (const { body } of owner.seen) expect([body.text, body.content]).toEqual([undefined, undefined]);
  expect(await here.sim('GET', '/messages')).toHaveLength(2);
});

test('a click is signed and its answer changes the card', async () => {
  const create = await here.api('POST', '/v1.0/card/instances/createAndDeliver', {
    cardTemplateId: 'template',
    outTrackId: 'card-1',
    cardData: { cardParamMap: { title: '部署', state: '等待' } },
    openSpaceId: 'dtv1.card//IM_GROUP.cidOps=',
    imGroupOpenSpaceModel: { supportForward: true },
    imGroupOpenDeliverModel: { robotCode: 'dingsimapp' },
  });
  expect(create.body.result.deliverResults).toMatchObject([{ success: true, spaceId: 'cidOps=' }]);
  const update = { cardData: { cardParamMap: { state: '完成' } }, cardUpdateOptions: { updateCardDataByKey: true } };
  owner.react = () => ({ body: JSON.stringify(update) });
  const click = { outTrackId: 'card-1', userId: 'lisi', actionId: 'done', params: { note: 'ok' } };
  expect(await here.sim('POST', '/click', click)).toMatchObject({ delivered: true, answer: update });
  const [seen] = owner.seen;
  const timestamp = String(seen?.headers['x-ddpaas-signature-timestamp']);
  expect(seen?.headers['x-ddpaas-signature']).toBe(cardSign('simcardsecret', timestamp));
  expect(seen?.body).toMatchObject({
    type: 'actionCallback',
    outTrackId: 'card-1',
    userId: 'lisi',
    corpId: 'dingsimcorp',
  });
  expect(JSON.parse(seen?.body.content)).toEqual({ cardPrivateData: { actionIds: ['done'], params: { note: 'ok' } } });
  expect((await here.sim('GET', '/messages'))[0].content).toEqual({ title: '部署', state: '完成' });
  expect((await here.sim('POST', '/click', { ...click, outTrackId: 'unknown' })).delivered).toBe(true);
  owner.react = () => ({ body: '{"cardData":{"cardParamMap":{"n":1}}}' });
  expect((await here.sim('POST', '/click', click)).delivered).toBe(false);
});

test.each([
  ['POST', '/v1.0/card/instances/createAndDeliver', { cardTemplateId: 't' }, 400, 'param.outTrackIdEmpty'],
  ['PUT', '/v1.0/card/instances', { outTrackId: 'x', cardData: { cardParamMap: {} } }, 400, 'param.cardNotExist'],
  ['POST', '/v1.0/card/callbacks/register', { callbackRouteKey: 'k' }, 400, 'param.callbackUrlEmpty'],
])('%s %s refuses %j', async (method, place, body, status, code) => {
  const answer = await here.api(method, place, body);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

test('a registered route has its own address and secret, and cannot be taken without force', async () => {
  const route = { callbackRouteKey: 'k', callbackUrl: `${owner.url}/mine`, apiSecret: 'own' };
  const register = '/v1.0/card/callbacks/register';
  expect((await here.api('POST', register, route)).body.success).toBe(true);
  expect(await here.api('POST', register, route)).toMatchObject({
    status: 500,
    body: { code: 'param.callbackRouteKeyExist' },
  });
  await here.api('POST', '/v1.0/card/instances/createAndDeliver', {
    cardTemplateId: 'template',
    outTrackId: 'card-2',
    callbackRouteKey: 'k',
    cardData: { cardParamMap: {} },
    openSpaceId: 'dtv1.card//IM_ROBOT.lisi',
    imRobotOpenSpaceModel: { supportForward: true },
    imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT' },
  });
  await here.sim('POST', '/click', { outTrackId: 'card-2', userId: 'lisi', actionId: 'a' });
  const timestamp = String(owner.seen[0]?.headers['x-ddpaas-signature-timestamp']);
  expect(owner.seen[0]).toMatchObject({ path: '/mine', headers: { 'x-ddpaas-signature': cardSign('own', timestamp) } });
});
