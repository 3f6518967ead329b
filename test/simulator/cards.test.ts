import { expect, test } from 'vitest';
import { desk } from './desk.ts';

const here = desk();
const card = {
  cardTemplateId: 'template.schema',
  outTrackId: 'card-1',
  cardData: { cardParamMap: { title: '部署' } },
  imGroupOpenSpaceModel: { supportForward: true },
  imRobotOpenSpaceModel: { supportForward: false },
};
const delivery = {
  outTrackId: 'card-1',
  openSpaceId: 'dtv1.card//IM_GROUP.cidOps=;dtv1.card//IM_ROBOT.lisi',
  imGroupOpenDeliverModel: { robotCode: 'dingsimapp', atUserIds: { lisi: '李四' } },
  imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT' },
};
const create = (change: object = {}) => here.api('POST', '/v1.0/card/instances', { ...card, ...change });
const deliver = (change: object = {}) => here.api('POST', '/v1.0/card/instances/deliver', { ...delivery, ...change });
const stream = (body: object) => here.api('PUT', '/v1.0/card/streaming', { outTrackId: 'card-1', ...body });

test('a card is created, then delivered into each of its spaces', async () => {
  await here.sim('POST', '/settings', { mentions: { cardsNotify: true } });
  expect((await create()).body).toEqual({ success: true, result: 'card-1' });
  expect(await here.sim('GET', '/messages')).toEqual([]);
  const { body } = await deliver();
  expect(body.result).toEqual([
    { spaceType: 'IM_GROUP', spaceId: 'cidOps=', success: true, carrierId: expect.any(String) },
    { spaceType: 'IM_ROBOT', spaceId: 'lisi', success: true, carrierId: expect.any(String) },
  ]);
  const messages = await here.sim('GET', '/messages');
  expect(messages).toMatchObject([
    { conversation: 'cidOps=', msgtype: 'card', content: { title: '部署' }, mentions: ['lisi'] },
    { conversation: 'lisi', mentions: [] },
  ]);
});

test.each([
  [{ imGroupOpenSpaceModel: undefined }, {}, 'supportForward'],
  [{}, { imGroupOpenDeliverModel: undefined }, 'imGroupOpenDeliverModel'],
  [{}, { imGroupOpenDeliverModel: {} }, 'robotCode'],
  [{}, { imGroupOpenDeliverModel: { robotCode: 'other' } }, 'robotCode other'],
])('created with %j and delivered with %j it reaches one space and says why not the other', async (made, sent, why) => {
  await create(made);
  const { status, body } = await deliver(sent);
  expect([status, body.success]).toEqual([200, true]);
  expect(body.result).toMatchObject([
    { success: false, errorMsg: expect.stringContaining(why) },
    { success: true, spaceId: 'lisi' },
  ]);
  expect(await here.sim('GET', '/messages')).toHaveLength(1);
});

test.each([
  [() => deliver({ outTrackId: 'nobody' }), 'param.cardNotExist'],
  [() => deliver({ openSpaceId: 'dtv1.card//IM_GROUP.cidNone=' }), 'param.openSpaceIdInvalid'],
  [() => create(), 'param.cardAlreadyExist'],
  [() => create({ outTrackId: 'x'.repeat(65) }), 'outTrackId.outOfLimit'],
  [() => create({ outTrackId: 'card-2', callbackType: 'HTTP' }), 'param.callbackRouteKeyEmpty'],
  [() => create({ outTrackId: 'card-2', cardData: { cardParamMap: { n: 1 } } }), 'param.cardParamMapInvalid'],
  [() => stream({ guid: 'g', key: 'title' }), 'param.empty'],
  [() => stream({ outTrackId: 'nobody', guid: 'g', key: 'title', content: 'x' }), 'param.cardNotExist'],
])('%s is refused with %s', async (call, code) => {
  await create();
  expect(await call()).toMatchObject({ status: 400, body: { code } });
});

test('a value grows while it is streamed, and no guid counts twice', async () => {
  await create();
  await deliver();
  const shown = async () => (await here.sim('GET', '/messages'))[0].content;
  await stream({ guid: '1', key: 'answer', content: '正在' });
  await stream({ guid: '2', key: 'answer', content: '部署' });
  expect((await stream({ guid: '2', key: 'answer', content: '部署' })).body).toEqual({ success: true, result: true });
  expect(await shown()).toEqual({ title: '部署', answer: '正在部署' });
  await stream({ guid: '3', key: 'answer', content: '**部署完成**', isFull: true, isFinalize: true });
  expect(await shown()).toEqual({ title: '部署', answer: '**部署完成**' });
});

const AI = '382e4302-551d-4880-bf29-a30acfab2e71.schema';
const shown = async (cardTemplateId: string, cardParamMap: object) => {
  await create({ cardTemplateId, cardData: { cardParamMap } });
  await deliver();
  return (await here.sim('GET', '/messages')).at(-1)?.card;
};
const full = (value: object) => JSON.stringify(value);

test.each([
  [
    'Markdown',
    '589420e2-c1e2-46ef-a5ed-b8728e654da9.schema',
    { markdown: '**x**', title: 't' },
    { title: 't', markdown: ['**x**'], buttons: [] },
  ],
  [
    'Markdown and link buttons',
    '1366a1eb-bc54-4859-ac88-517c56a9acb1.schema',
    {
      markdown: 'x',
      tips: 'y',
      sys_full_json_obj: full({
        msgButtons: [
          { text: 'go', url: 'https://a.example' },
          { text: 'no', id: 'no', request: true },
        ],
      }),
    },
    {
      markdown: ['x', 'y'],
      buttons: [
        { text: 'go', url: 'https://a.example' },
        { text: 'no', disabled: true },
      ],
    },
  ],
  [
    'an AI card in its order',
    AI,
    {
      flowStatus: '2',
      msgTitle: 't',
      msgContent: 'x',
      staticMsgContent: 'y',
      sys_full_json_obj: full({
        order: ['msgContent', 'msgButtons'],
        msgButtons: [{ text: 'ok', id: 'ok', request: true }],
      }),
    },
    { markdown: ['x'], buttons: [{ text: 'ok', id: 'ok', params: {} }], flow: 'typing' },
  ],
  [
    'the approval of the tutorial',
    'dac1dbec-55af-40c3-be91-6d6882ef3b66.schema',
    { status: '已同意' },
    { markdown: [], buttons: [{ text: '已同意', disabled: true }] },
  ],
  ['a template of one’s own', 'own.schema', { title: 't' }, undefined],
])('what clients draw of %s (interactive.md §2.1)', async (_what, templateId, params, view) => {
  expect(await shown(templateId, params)).toEqual(view);
});

test('streaming moves an AI card on to typing, finished or failed', async () => {
  await shown(AI, { flowStatus: '1', msgContent: '' });
  const flow = async (guid: string, change: object) => {
    await stream({ guid, key: 'msgContent', content: 'x', isFull: true, ...change });
    return (await here.sim('GET', '/messages')).at(-1).card.flow;
  };
  expect(await flow('1', {})).toBe('typing');
  expect(await flow('2', { isFinalize: true })).toBe('finished');
  expect(await flow('3', { isError: true })).toBe('failed');
});

test('streamed text ends at 3 KB in all, unless a setting says else', async () => {
  await shown(AI, { msgContent: '' });
  const add = (guid: string) => stream({ guid, key: 'msgContent', content: '字'.repeat(512) });
  expect([(await add('1')).status, (await add('2')).status]).toEqual([200, 200]);
  expect((await add('3')).body.code).toBe('param.stream.content');
  await here.sim('POST', '/settings', { cards: { streamBytes: 0 } });
  expect((await add('4')).status).toBe(200);
});
