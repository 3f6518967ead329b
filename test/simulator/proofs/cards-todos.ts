import type { Desk } from '../desk.ts';
import { type Proof, proofs, settings } from './proof.ts';

const cards = '/v1.0/card/instances';
const CARD = {
  cardTemplateId: 'template.schema',
  outTrackId: 'card-1',
  cardData: { cardParamMap: { title: 'x' } },
  imGroupOpenSpaceModel: { supportForward: true },
};
const DELIVERY = {
  outTrackId: 'card-1',
  openSpaceId: 'dtv1.card//IM_GROUP.cidOps=',
  imGroupOpenDeliverModel: { robotCode: 'dingsimapp' },
};
const create = (here: Desk, change: object = {}) => here.api('POST', cards, { ...CARD, ...change });
const deliver = (here: Desk, change: object = {}) => here.api('POST', `${cards}/deliver`, { ...DELIVERY, ...change });
const made = (act: (here: Desk) => Promise<unknown>) => async (here: Desk) => {
  await create(here);
  return act(here);
};
const register = (here: Desk, change: object = {}) =>
  here.api('POST', '/v1.0/card/callbacks/register', {
    callbackRouteKey: 'k',
    callbackUrl: 'https://a.example',
    ...change,
  });
const stream = (here: Desk, change: object = {}) =>
  here.api('PUT', '/v1.0/card/streaming', { outTrackId: 'card-1', guid: 'g', key: 'title', content: 'x', ...change });
/** A space says itself why the card did not get there. */
const space =
  (card: object, delivery: object, words: string): Proof =>
  async (here) => {
    await create(here, card);
    const { body } = await deliver(here, delivery);
    return body.result?.[0]?.success === false && body.result[0].errorMsg.includes(words);
  };

export const cardProofs = {
  ...proofs({
    'card.no-id': (here) => create(here, { outTrackId: undefined }),
    'card.long-id': (here) => create(here, { outTrackId: 'x'.repeat(65) }),
    'card.no-template': (here) => create(here, { cardTemplateId: undefined }),
    'card.no-data': (here) => create(here, { cardData: undefined }),
    'card.exists': made((here) => create(here)),
    'card.no-route-key': (here) => create(here, { callbackType: 'HTTP' }),
    'card.values': (here) => create(here, { cardData: { cardParamMap: { n: 1 } } }),
    'card.space': made((here) => deliver(here, { openSpaceId: 'dtv1.card//IM_GROUP.cidNope=' })),
    'card.deliver-no-id': (here) => deliver(here, { outTrackId: undefined }),
    'card.deliver-unknown': (here) => deliver(here),
    'card.update-no-id': (here) => here.api('PUT', cards, {}),
    'card.update-unknown': (here) => here.api('PUT', cards, { outTrackId: 'x' }),
    'card.update-nothing': made((here) => here.api('PUT', cards, { outTrackId: 'card-1' })),
    'card.register-no-key': (here) => register(here, { callbackRouteKey: undefined }),
    'card.register-no-url': (here) => register(here, { callbackUrl: undefined }),
    'card.register-exists': async (here) => {
      await register(here);
      return register(here);
    },
    'card.stream-no-id': (here) => stream(here, { outTrackId: undefined }),
    'card.stream-unknown': (here) => stream(here),
    'card.stream-too-long': made((here) => stream(here, { content: 'x'.repeat(3073), isFull: true })),
    'card.stream-member': made((here) => stream(here, { guid: undefined })),
  }),
  'card.official-by-http': (async (here, owner) => {
    here.simulator.setCallbackUrl(owner.url);
    await create(here, { cardTemplateId: 'dac1dbec-55af-40c3-be91-6d6882ef3b66.schema' });
    const tap = { outTrackId: 'card-1', userId: 'lisi', actionId: 'accept' };
    return (await here.sim('POST', '/click', tap)).delivered === false;
  }) satisfies Proof,
  'card.space-model': space({ imGroupOpenSpaceModel: undefined }, {}, 'supportForward'),
  'card.delivery-model': space({}, { imGroupOpenDeliverModel: undefined }, 'imGroupOpenDeliverModel'),
  'card.no-robot': space({}, { imGroupOpenDeliverModel: {} }, 'robotCode is missing'),
  'card.foreign-robot': space({}, { imGroupOpenDeliverModel: { robotCode: 'other' } }, 'robotCode other'),
  'card.group-dissolved': (async (here, owner) => {
    await here.sim('POST', '/groups', { openConversationId: 'cidOps=', members: ['lisi'], dissolved: true });
    return space({}, {}, 'dissolved')(here, owner);
  }) satisfies Proof,
};

const base = '/v1.0/todo/users/union-zhangsan';
const TODO = {
  subject: 's',
  sourceId: 'source-1',
  executorIds: ['union-lisi'],
  detailUrl: { pcUrl: 'https://a.example' },
};
const todo = (here: Desk, change: object = {}, query = '') =>
  here.api('POST', `${base}/tasks${query}`, { ...TODO, ...change });
const made1 = async (here: Desk) => (await todo(here)).body.id;
const update = (change: object) => async (here: Desk) => here.api('PUT', `${base}/tasks/${await made1(here)}`, change);
const status = (executorStatusList: unknown) => async (here: Desk) =>
  here.api('PUT', `${base}/tasks/${await made1(here)}/executorStatus`, { executorStatusList });

export const todoProofs = {
  ...proofs({
    'todo.due': (here) => todo(here, { dueTime: 'soon' }),
    'todo.priority': (here) => todo(here, { priority: 5 }),
    'todo.no-detail-url': (here) => todo(here, { detailUrl: undefined }),
    'todo.detail-url-too-long': (here) => todo(here, { detailUrl: { pcUrl: `https://${'x'.repeat(1024)}` } }),
    'todo.notify': (here) => todo(here, { notifyConfigs: { dingNotify: true } }),
    'todo.people': (here) => todo(here, { executorIds: 'union-lisi' }),
    'todo.too-many-people': (here) => todo(here, { executorIds: Array.from({ length: 1001 }, () => 'union-lisi') }),
    'todo.unknown-people': (here) => todo(here, { executorIds: ['lisi'] }),
    'todo.text': (here) => todo(here, { description: 1 }),
    'todo.text-too-long': (here) => todo(here, { subject: 'x'.repeat(1025) }),
    'todo.content-fields': (here) => todo(here, { contentFieldList: [{}] }),
    'todo.no-subject': (here) => todo(here, { subject: undefined }),
    'todo.creator': (here) => todo(here, { creatorId: 'nobody' }),
    'todo.exists': async (here) => {
      await todo(here);
      return todo(here);
    },
    'todo.done-not-flag': update({ done: 'yes' }),
    'todo.status-list': status([]),
    'todo.status-stranger': status([{ id: 'union-wangwu', isDone: true }]),
    'todo.status-not-flag': status([{ id: 'union-lisi', isDone: 'yes' }]),
    'todo.read-unknown': async (here) => {
      await settings(here, { todoCanBeRead: true });
      return here.api('GET', `${base}/tasks/nothing`);
    },
    'todo.cursor': (here) => here.api('POST', `${base}/org/tasks/query`, { nextToken: 'x' }),
    'todo.unknown': (here) => here.api('DELETE', `${base}/tasks/nothing`),
    'todo.foreign': async (here) => {
      const id = await made1(here);
      await here.sim('POST', '/apps', { appKey: 'dingother', appSecret: 'other' });
      const { body } = await here.call('POST', '/v1.0/oauth2/accessToken', { appKey: 'dingother', appSecret: 'other' });
      const headers = { 'x-acs-dingtalk-access-token': body.accessToken };
      return here.call('DELETE', `${base}/tasks/${id}`, undefined, headers);
    },
    'todo.owner': (here) => here.api('POST', '/v1.0/todo/users/nobody/tasks', TODO),
    'todo.operator': (here) => todo(here, {}, '?operatorId=nobody'),
  }),
  'todo.tick': (async (here) => {
    const ticked = { userId: 'lisi', todo: await made1(here), done: true };
    return (await here.call('POST', '/_sim/tick', ticked)).status === 400;
  }) satisfies Proof,
};
