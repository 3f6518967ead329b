import { beforeEach, expect, test } from 'vitest';
import { type Answer, type Desk, desk, type Loose, text } from './desk.ts';
import { receiver } from './receiver.ts';

/** What the month is charged for (interactive.md §10). */
const here = desk();
const owner = receiver();
beforeEach(() => here.simulator.setCallbackUrl(owner.url));

type Case = [sentence: string, act: string, bill: object, (here: Desk) => Promise<Answer | Loose>];

const app = (kind: 'api' | 'webhook', act: string, total = 1) => ({
  dingsimapp: { [kind]: { total, acts: { [act]: total } } },
});
const robots = { 'custom-robots': { webhook: { total: 1, acts: { 'POST /robot/send': 1 } } } };
const todo = { subject: 's', executorIds: ['union-lisi'], detailUrl: { pcUrl: 'https://a.example' } };
const card = {
  cardTemplateId: 'template.schema',
  outTrackId: 'card-1',
  cardData: { cardParamMap: { title: 'x' } },
  openSpaceId: 'dtv1.card//IM_ROBOT.lisi',
  imRobotOpenSpaceModel: { supportForward: true },
  imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT' },
};
const created = '/v1.0/card/instances/createAndDeliver';
const stream = (guid: string) => ({ outTrackId: 'card-1', guid, key: 'title', content: 'x', isFull: true });

const cases: Case[] = [
  ['not counted: access tokens', 'new', {}, (h) => h.token()],
  [
    'not counted: access tokens',
    'old',
    {},
    (h) => h.call('GET', '/gettoken?appkey=dingsimapp&appsecret=dingsimsecret'),
  ],
  ...[
    ['/topapi/v2/user/getbymobile', { mobile: '13800000002' }],
    ['/topapi/user/getbyunionid', { unionid: 'union-lisi' }],
    ['/topapi/v2/user/get', { userid: 'lisi' }],
    ['/topapi/v2/department/listsub', {}],
    ['/topapi/v2/department/listsubid', { dept_id: 1 }],
    ['/topapi/user/listid', { dept_id: 1 }],
  ].map(
    ([path, body]): Case => [
      'not counted: contact look-ups',
      String(path),
      {},
      (h) => h.old('POST', String(path), body),
    ],
  ),
  [
    'not counted: calls refused by throttling',
    'QPS',
    app('api', 'POST /v1.0/robot/groupMessages/send'),
    async (h) => {
      await h.group('sampleText', { content: 'x' });
      // none a second: two calls may fall into two seconds
      await h.sim('POST', '/settings', { qps: 0 });
      return h.group('sampleText', { content: 'x' });
    },
  ],
  [
    'not counted: a custom robot that is too fast',
    '660026',
    robots,
    async (h) => {
      await h.sim('POST', '/settings', { robotWindow: { limit: 1 } });
      await h.robot(text('x'));
      return h.robot(text('x'));
    },
  ],
  [
    'not counted: basic contact events',
    'user_add_org',
    {},
    (h) => h.sim('POST', '/events', { EventType: 'user_add_org', UserId: ['lisi'] }),
  ],
  [
    'counted: robot sends',
    'group',
    app('api', 'POST /v1.0/robot/groupMessages/send'),
    (h) => h.group('sampleText', { content: 'x' }),
  ],
  [
    'counted: robot sends',
    'refused for its arguments',
    app('api', 'POST /v1.0/robot/groupMessages/send'),
    (h) => h.group('sampleText', {}),
  ],
  [
    'counted: a call that lacks its scope',
    'scope',
    app('api', 'POST /v1.0/robot/groupMessages/send'),
    async (h) => {
      const scopes = { missingScopes: ['qyapi_robot_sendmsg'] };
      await h.sim('POST', '/apps', { appKey: 'dingsimapp', appSecret: 'dingsimsecret', ...scopes });
      return h.group('sampleText', { content: 'x' });
    },
  ],
  ['counted: cards, create', created, app('api', `POST ${created}`), (h) => h.api('POST', created, card)],
  [
    'counted: cards, update and every streaming frame',
    'card',
    {
      dingsimapp: {
        api: {
          total: 4,
          acts: { [`POST ${created}`]: 1, 'PUT /v1.0/card/instances': 1, 'PUT /v1.0/card/streaming': 2 },
        },
      },
    },
    async (h) => {
      await h.api('POST', created, card);
      await h.api('PUT', '/v1.0/card/instances', { outTrackId: 'card-1', cardData: { cardParamMap: { title: 'y' } } });
      await h.api('PUT', '/v1.0/card/streaming', stream('1'));
      return h.api('PUT', '/v1.0/card/streaming', stream('2'));
    },
  ],
  [
    'counted: to-dos',
    'todo',
    app('api', 'POST /v1.0/todo/users/:unionId/tasks'),
    (h) => h.api('POST', '/v1.0/todo/users/union-lisi/tasks', todo),
  ],
  [
    'counted: DING',
    'ding',
    app('api', 'POST /v1.0/robot/ding/send'),
    (h) => h.api('POST', '/v1.0/robot/ding/send', { robotCode: 'dingsimapp' }),
  ],
  ['counted: media', 'media', app('api', 'POST /media/upload'), (h) => h.upload('file', 'a.pdf', new Uint8Array(9))],
  [
    'counted: what is not named',
    'drive',
    app('api', 'POST /v1.0/convFile/conversations/spaces/query'),
    (h) => h.api('POST', '/v1.0/convFile/conversations/spaces/query', {}),
  ],
  ['counted as webhook: custom robot', 'sent', robots, (h) => h.robot(text('x'))],
  ['counted as webhook: custom robot', 'refused', robots, (h) => h.robot(text('x'), { secret: 'wrong' })],
  ['not counted: a robot that nobody knows', 'unknown', {}, (h) => h.robot(text('x'), { token: 'nobody' })],
  [
    'counted as webhook: events',
    'check_in',
    app('webhook', 'event check_in'),
    (h) => h.sim('POST', '/events', { EventType: 'check_in' }),
  ],
  [
    'counted as webhook: robot messages',
    'say',
    app('webhook', 'robot message'),
    (h) => h.sim('POST', '/say', { from: 'lisi', text: 'x' }),
  ],
  [
    'counted as webhook until known better: card callbacks',
    'click',
    app('webhook', 'card callback'),
    (h) => h.sim('POST', '/click', { outTrackId: 'c', userId: 'lisi', actionId: 'a' }),
  ],
];

test.each(cases)('%s (%s)', async (_sentence, _act, bill, act) => {
  await act(here);
  const { billed, usage } = await here.sim('GET', '/limits');
  expect(billed[usage.month] ?? {}).toEqual(bill);
});

test('the reply by a session webhook is charged to the app', async () => {
  await here.sim('POST', '/say', { from: 'lisi', text: 'x' });
  await fetch(owner.seen[0]?.body.sessionWebhook, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(text('y')),
  });
  const { billed, usage } = await here.sim('GET', '/limits');
  expect(billed[usage.month].dingsimapp.webhook.acts).toEqual({ 'robot message': 1, 'POST /robot/sendBySession': 1 });
});

test('the month is a calendar month in Beijing, and the quota holds for all apps together', async () => {
  await here.sim('POST', '/apps', { appKey: 'dingother', appSecret: 'other' });
  const other = await here.call('POST', '/v1.0/oauth2/accessToken', { appKey: 'dingother', appSecret: 'other' });
  const headers = { 'x-acs-dingtalk-access-token': other.body.accessToken };
  const sendOther = () => here.call('POST', '/v1.0/robot/groupMessages/send', {}, headers);
  const send = () => here.group('sampleText', { content: 'x' });
  await here.sim('POST', '/settings', { monthlyQuota: 2 });
  await send();
  await sendOther();
  const refused = await send();
  expect([refused.status, refused.body.code]).toEqual([403, 'Forbidden.AccessDenied.ApiCountLimitForOrg']);
  // what is free goes on
  expect((await here.old('POST', '/topapi/v2/user/get', { userid: 'lisi' })).body.errcode).toBe(0);
  const before = await here.sim('GET', '/limits');
  expect(before.usage.apiCalls).toBe(2);
  const [year, month] = before.usage.month.split('-').map(Number);
  const next = Date.UTC(year, month, 1) - 8 * 3_600_000;
  const now = Date.parse((await here.sim('GET', '/state')).now);
  await here.sim('POST', '/clock', { advanceMs: next - now + 1000 });
  expect((await send()).status).toBe(200);
  const { billed, usage } = await here.sim('GET', '/limits');
  expect([usage.month, usage.apiCalls]).toEqual([new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7), 1]);
  expect(Object.keys(billed)).toEqual([before.usage.month, usage.month]);
  expect(Object.keys(billed[before.usage.month])).toEqual(['dingsimapp', 'dingother']);
});
