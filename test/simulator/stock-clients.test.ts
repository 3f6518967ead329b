import { createRequire } from 'node:module';
import { beforeEach, describe, expect, test } from 'vitest';
import { desk, type Loose } from './desk.ts';
import { receiver } from './receiver.ts';

/** Other people's clients, pointed at the simulator by host only: they must not notice. */
const here = desk();
const owner = receiver();
const load = createRequire(import.meta.url);
// one product each: the package's own index loads all of them, 52 MB
const product = (name: string): Loose => load(`@alicloud/dingtalk/dist/${name}/client`);
const [oauth2, robot, todo, card, convFile, storage1, storage2] = [
  'oauth2_1_0',
  'robot_1_0',
  'todo_1_0',
  'card_1_0',
  'conv_file_1_0',
  'storage_1_0',
  'storage_2_0',
].map(product) as [Loose, Loose, Loose, Loose, Loose, Loose, Loose];
const { RuntimeOptions } = load('@alicloud/tea-util');

function client(of: Loose): Loose {
  return new of.default({ protocol: 'http', endpoint: new URL(here.url).host, regionId: 'central' });
}

const runtime = new RuntimeOptions({ readTimeout: 120_000, connectTimeout: 120_000 });
let headers: { xAcsDingtalkAccessToken: string; toMap(): object; commonHeaders?: object };

async function token(): Promise<string> {
  const request = new oauth2.GetAccessTokenRequest({ appKey: 'dingsimapp', appSecret: 'dingsimsecret' });
  const { body } = await client(oauth2).getAccessToken(request);
  expect(body.expireIn).toBe(7200);
  return body.accessToken;
}

describe('@alicloud/dingtalk', () => {
  beforeEach(async () => {
    headers = new robot.BatchSendOTOHeaders({ xAcsDingtalkAccessToken: await token() });
  });

  test('gets its tokens, and is told when the secret is wrong', async () => {
    const wrong = new oauth2.GetAccessTokenRequest({ appKey: 'dingsimapp', appSecret: 'wrong' });
    await expect(client(oauth2).getAccessToken(wrong)).rejects.toMatchObject({ code: 'invalidClientIdOrSecret' });
    const request = new oauth2.GetTokenRequest({
      clientId: 'dingsimapp',
      clientSecret: 'dingsimsecret',
      grantType: 'client_credentials',
    });
    const { body } = await client(oauth2).getToken('dingsimcorp', request);
    expect(body).toMatchObject({ accessToken: headers.xAcsDingtalkAccessToken, expiresIn: 7200 });
    const bad = new robot.BatchSendOTOHeaders({ xAcsDingtalkAccessToken: 'stale' });
    const sending = client(robot).batchSendOTOWithOptions(new robot.BatchSendOTORequest({}), bad, runtime);
    await expect(sending).rejects.toMatchObject({ code: 'InvalidAuthentication' });
  });

  test('writes one to one, asks who has read it, and takes it back', async () => {
    const request = new robot.BatchSendOTORequest({
      robotCode: 'dingsimapp',
      userIds: ['lisi', 'nobody'],
      msgKey: 'sampleMarkdown',
      msgParam: JSON.stringify({ title: '你好', text: '**好**' }),
    });
    const { body } = await client(robot).batchSendOTOWithOptions(request, headers, runtime);
    expect(body).toMatchObject({ processQueryKey: expect.any(String), invalidStaffIdList: ['nobody'] });
    const { processQueryKey } = body;
    const read = async () => {
      const query = new robot.BatchOTOQueryRequest({ robotCode: 'dingsimapp', processQueryKey });
      return (await client(robot).batchOTOQueryWithOptions(query, headers, runtime)).body;
    };
    expect(await read()).toMatchObject({
      sendStatus: 'SUCCESS',
      messageReadInfoList: [{ userId: 'lisi', readStatus: 'UNREAD' }],
    });
    await here.sim('POST', '/read', { userId: 'lisi' });
    expect((await read()).messageReadInfoList[0].readStatus).toBe('READ');
    const recall = new robot.BatchRecallOTORequest({ robotCode: 'dingsimapp', processQueryKeys: [processQueryKey] });
    const recalled = await client(robot).batchRecallOTOWithOptions(recall, headers, runtime);
    expect(recalled.body.successResult).toEqual([processQueryKey]);
    expect((await here.sim('GET', '/messages'))[0]).toMatchObject({ title: '你好', recalled: true });
  });

  test('writes to a group, asks who has read it, and takes it back', async () => {
    const openConversationId = 'cidProject=';
    const request = new robot.OrgGroupSendRequest({
      robotCode: 'dingsimapp',
      openConversationId,
      msgKey: 'sampleText',
      msgParam: JSON.stringify({ content: '发布了' }),
    });
    const { processQueryKey } = (await client(robot).orgGroupSendWithOptions(request, headers, runtime)).body;
    await here.sim('POST', '/read', { userId: 'wangwu' });
    const query = new robot.OrgGroupQueryRequest({ robotCode: 'dingsimapp', openConversationId, processQueryKey });
    const read = (await client(robot).orgGroupQueryWithOptions(query, headers, runtime)).body;
    expect(read).toMatchObject({ sendStatus: 'SUCCESS', readUserIds: ['wangwu'], hasMore: false });
    const facts = { robotCode: 'dingsimapp', openConversationId, processQueryKeys: [processQueryKey] };
    const recalled = await client(robot).orgGroupRecallWithOptions(
      new robot.OrgGroupRecallRequest(facts),
      headers,
      runtime,
    );
    expect(recalled.body.successResult).toEqual([processQueryKey]);
    const unknown = new robot.OrgGroupSendRequest({ ...request, openConversationId: 'cidNope=' });
    await expect(client(robot).orgGroupSendWithOptions(unknown, headers, runtime)).rejects.toMatchObject({
      code: 'invalid.openConversationId',
    });
  });

  test('gives a to-do, ticks it off and deletes it', async () => {
    const unionId = 'union-zhangsan';
    const request = new todo.CreateTodoTaskRequest({
      operatorId: unionId,
      subject: '看一下',
      sourceId: 'order-1',
      executorIds: ['union-lisi'],
      detailUrl: new todo.CreateTodoTaskRequestDetailUrl({ appUrl: 'https://a.example', pcUrl: 'https://a.example' }),
      notifyConfigs: new todo.CreateTodoTaskRequestNotifyConfigs({ dingNotify: '1' }),
    });
    const made = (await client(todo).createTodoTaskWithOptions(unionId, request, headers, runtime)).body;
    expect(made).toMatchObject({ id: expect.any(String), subject: '看一下', done: false, executorIds: ['union-lisi'] });
    const status = new todo.UpdateTodoTaskExecutorStatusRequest({
      operatorId: unionId,
      executorStatusList: [{ id: 'union-lisi', isDone: true }],
    });
    const change = await client(todo).updateTodoTaskExecutorStatusWithOptions(
      unionId,
      made.id,
      status,
      headers,
      runtime,
    );
    expect(change.body.result).toBe(true);
    const query = new todo.QueryOrgTodoTasksRequest({ isDone: true });
    const done = (await client(todo).queryOrgTodoTasksWithOptions('union-lisi', query, headers, runtime)).body;
    expect(done.todoCards).toMatchObject([{ taskId: made.id, isDone: true, sourceId: 'order-1' }]);
    const update = new todo.UpdateTodoTaskRequest({ operatorId: unionId, subject: '再看一下', done: false });
    expect((await client(todo).updateTodoTaskWithOptions(unionId, made.id, update, headers, runtime)).body.result).toBe(
      true,
    );
    const gone = new todo.DeleteTodoTaskRequest({ operatorId: unionId });
    expect((await client(todo).deleteTodoTaskWithOptions(unionId, made.id, gone, headers, runtime)).body.result).toBe(
      true,
    );
    expect(await here.sim('GET', '/todos')).toEqual([]);
  });

  test('puts a card into a group, hears of the tap, and changes the card', async () => {
    const route = { callbackRouteKey: 'stock', callbackUrl: `${owner.url}/cards`, apiSecret: 'own', forceUpdate: true };
    await client(card).registerCallbackWithOptions(new card.RegisterCallbackRequest(route), headers, runtime);
    const request = new card.CreateAndDeliverRequest({
      cardTemplateId: 'template.schema',
      outTrackId: 'stock-1',
      callbackType: 'HTTP',
      callbackRouteKey: 'stock',
      cardData: new card.CreateAndDeliverRequestCardData({ cardParamMap: { title: '部署', state: '等待' } }),
      openSpaceId: 'dtv1.card//IM_GROUP.cidOps=',
      imGroupOpenSpaceModel: new card.CreateAndDeliverRequestImGroupOpenSpaceModel({ supportForward: true }),
      imGroupOpenDeliverModel: new card.CreateAndDeliverRequestImGroupOpenDeliverModel({ robotCode: 'dingsimapp' }),
    });
    const { body } = await client(card).createAndDeliverWithOptions(request, headers, runtime);
    expect(body).toMatchObject({
      success: true,
      result: { outTrackId: 'stock-1', deliverResults: [{ success: true }] },
    });
    owner.react = () => ({ body: '{}' });
    await here.sim('POST', '/click', { outTrackId: 'stock-1', userId: 'lisi', actionId: 'agree' });
    expect(owner.seen[0]).toMatchObject({ path: '/cards', body: { outTrackId: 'stock-1', userId: 'lisi' } });
    const update = new card.UpdateCardRequest({
      outTrackId: 'stock-1',
      cardData: new card.UpdateCardRequestCardData({ cardParamMap: { state: '完成' } }),
      cardUpdateOptions: new card.UpdateCardRequestCardUpdateOptions({ updateCardDataByKey: true }),
    });
    expect((await client(card).updateCardWithOptions(update, headers, runtime)).body.success).toBe(true);
    expect((await here.sim('GET', '/messages'))[0].content).toEqual({ title: '部署', state: '完成' });
    await expect(client(card).createAndDeliverWithOptions(request, headers, runtime)).rejects.toMatchObject({
      code: 'param.cardAlreadyExist',
    });
  });

  test('makes a card in two steps and streams into it', async () => {
    const create = new card.CreateCardRequest({
      cardTemplateId: 'template.schema',
      outTrackId: 'stock-2',
      cardData: new card.CreateCardRequestCardData({ cardParamMap: { answer: '' } }),
      imGroupOpenSpaceModel: new card.CreateCardRequestImGroupOpenSpaceModel({ supportForward: true }),
    });
    const made = (await client(card).createCardWithOptions(create, headers, runtime)).body;
    expect(made).toMatchObject({ success: true, result: 'stock-2' });
    const deliver = new card.DeliverCardRequest({
      outTrackId: 'stock-2',
      openSpaceId: 'dtv1.card//IM_GROUP.cidOps=',
      imGroupOpenDeliverModel: new card.DeliverCardRequestImGroupOpenDeliverModel({ robotCode: 'dingsimapp' }),
    });
    const delivered = (await client(card).deliverCardWithOptions(deliver, headers, runtime)).body;
    expect(delivered).toMatchObject({ success: true, result: [{ success: true, spaceId: 'cidOps=' }] });
    for (const [guid, content] of [
      ['1', '答'],
      ['2', '案'],
    ]) {
      const part = new card.StreamingUpdateRequest({ outTrackId: 'stock-2', guid, key: 'answer', content });
      expect((await client(card).streamingUpdateWithOptions(part, headers, runtime)).body.success).toBe(true);
    }
    expect((await here.sim('GET', '/messages'))[0].content).toEqual({ answer: '答案' });
  });

  test('sends a DING and takes it back, and reads one to-do, where those are there', async () => {
    await here.sim('POST', '/settings', { dingEdition: true, todoCanBeRead: true });
    const ding = { robotCode: 'dingsimapp', remindType: 1, receiverUserIdList: ['lisi'], content: '快看' };
    const request = new robot.RobotSendDingRequest(ding);
    const { openDingId } = (await client(robot).robotSendDingWithOptions(request, headers, runtime)).body;
    const back = new robot.RobotRecallDingRequest({ robotCode: 'dingsimapp', openDingId });
    expect((await client(robot).robotRecallDingWithOptions(back, headers, runtime)).body.openDingId).toBe(openDingId);
    expect((await here.sim('GET', '/messages'))[0]).toMatchObject({ text: '快看', recalled: true });
    const detailUrl = new todo.CreateTodoTaskRequestDetailUrl({ pcUrl: 'https://a' });
    const task = new todo.CreateTodoTaskRequest({ subject: '看', sourceId: 'stock', detailUrl });
    const { id } = (await client(todo).createTodoTaskWithOptions('union-lisi', task, headers, runtime)).body;
    const byId = (await client(todo).getTodoTaskWithOptions('union-lisi', id, headers, runtime)).body;
    const bySource = (await client(todo).getTodoTaskBySourceIdWithOptions('union-lisi', 'stock', headers, runtime))
      .body;
    expect([byId, bySource]).toMatchObject([
      { subject: '看', done: false, sourceId: 'stock' },
      { subject: '看', id },
    ]);
  });

  test('puts a file into the drive and sends it into a group', async () => {
    const unionId = 'union-zhangsan';
    const made = await client(storage1).addSpaceWithOptions(
      new storage1.AddSpaceRequest({ unionId, option: new storage1.AddSpaceRequestOption({ name: 'n', scene: 's' }) }),
      headers,
      runtime,
    );
    const spaceId = made.body.space.id;
    const folder = new storage1.AddFolderRequest({ unionId, name: 'in' });
    const { dentry } = (await client(storage1).addFolderWithOptions(spaceId, '0', folder, headers, runtime)).body;
    const ask = new storage2.GetFileUploadInfoRequest({ unionId, protocol: 'HEADER_SIGNATURE' });
    const info = (await client(storage2).getFileUploadInfoWithOptions(dentry.uuid, ask, headers, runtime)).body;
    const { resourceUrls, headers: signed } = info.headerSignatureInfo;
    expect((await fetch(resourceUrls[0], { method: 'PUT', headers: signed, body: new Uint8Array(9) })).status).toBe(
      200,
    );
    const commit = new storage2.CommitFileRequest({ unionId, uploadKey: info.uploadKey, name: '账单.pdf' });
    const file = (await client(storage2).commitFileWithOptions(dentry.uuid, commit, headers, runtime)).body.dentry;
    expect(file).toMatchObject({ name: '账单.pdf', size: 9, extension: 'pdf' });
    const members = [new storage2.AddPermissionRequestMembers({ type: 'CONVERSATION', id: 'cidOps=' })];
    const permit = new storage2.AddPermissionRequest({ unionId, roleId: 'READER', members });
    const permitted = await client(storage2).addPermissionWithOptions(file.uuid, permit, headers, runtime);
    expect(permitted.body.success).toBe(true);
    const send = { unionId, spaceId, dentryId: file.id, openConversationId: 'cidOps=' };
    const sent = await client(convFile).sendWithOptions(new convFile.SendRequest(send), headers, runtime);
    expect(sent.body.file).toMatchObject({ conversationId: 'cidOps=', name: '账单.pdf' });
    expect((await here.sim('GET', '/messages'))[0].file).toMatchObject({ fileName: '账单.pdf', size: 9 });
  });
});

describe('dingtalk-robot-sender', () => {
  const ChatBot = load('dingtalk-robot-sender');
  const bot = (secret?: string) =>
    new ChatBot({ baseUrl: `${here.url}/robot/send`, accessToken: 'simopsrobot', secret });

  test('signs and sends', async () => {
    const { data } = await bot('SECsimopsrobot').markdown('标题', '# 好 @13800000002', { atMobiles: ['13800000002'] });
    expect(data).toMatchObject({ errcode: 0, errmsg: 'ok' });
    expect((await here.sim('GET', '/messages'))[0]).toMatchObject({
      via: 'custom-robot',
      msgtype: 'markdown',
      text: '# 好 @13800000002',
      mentions: ['lisi'],
    });
  });

  test('is refused with a wrong secret, and without one', async () => {
    expect((await bot('SECwrong').text('x')).data).toMatchObject({
      errcode: 310000,
      errmsg: expect.stringContaining('签名不匹配'),
    });
    expect((await bot().text('x')).data.errcode).toBe(310000);
    expect(await here.sim('GET', '/messages')).toEqual([]);
  });
});
