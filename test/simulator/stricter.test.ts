import { expect, test } from 'vitest';
import { desk, type Loose, text } from './desk.ts';

/** Where sources disagree the stricter reading holds, and a setting plays the other (docs/simulator.md). */
const here = desk();
const settings = (change: object) => here.sim('POST', '/settings', change);
const last = async () => (await here.sim('GET', '/messages')).at(-1);
const card = (words: string) => ({ title: 't', text: words, singleTitle: 'go', singleURL: 'https://a.example' });
const bodies: Record<string, (words: string) => Loose> = {
  text,
  markdown: (words) => ({ msgtype: 'markdown', markdown: { title: 't', text: words } }),
  actionCard: (words) => ({ msgtype: 'actionCard', actionCard: card(words) }),
  link: (words) => ({ msgtype: 'link', link: { title: 't', text: words, messageUrl: 'https://a.example' } }),
};
const everybody = ['zhangsan', 'lisi', 'wangwu'];

test.each([
  // type, text, at, under the strict reading, under the other one, what the client appends there
  ['text', '@lisi x', { atUserIds: ['lisi'] }, ['lisi'], ['lisi'], ['@李四']],
  ['text', 'x', { atUserIds: ['lisi'] }, [], ['lisi'], ['@李四']],
  ['text', 'x', { atMobiles: ['13800000003'] }, [], ['wangwu'], ['@王五']],
  ['text', 'x', { isAtAll: true }, everybody, everybody, ['@所有人']],
  ['markdown', 'x', { atUserIds: ['lisi'] }, [], [], undefined],
  ['markdown', '@13800000002', { atMobiles: ['13800000002'] }, ['lisi'], ['lisi'], undefined],
  ['markdown', 'x', { isAtAll: true }, [], everybody, undefined],
  ['markdown', '@所有人 x', { isAtAll: true }, everybody, everybody, undefined],
  ['actionCard', 'x', { isAtAll: true }, [], [], undefined],
  ['actionCard', '@所有人 x', { isAtAll: true }, everybody, everybody, undefined],
  ['actionCard', '@lisi x', { atUserIds: ['lisi'] }, ['lisi'], ['lisi'], undefined],
  ['link', '@lisi @所有人', { atUserIds: ['lisi'], isAtAll: true }, [], [], undefined],
])(
  'who %s "%s" with %j notifies, under both readings (interactive.md §1)',
  async (...[type, words, at, strict, other, appended]) => {
    await here.robot({ ...bodies[type]!(words), at });
    expect((await last()).mentions).toEqual(strict);
    expect(await last()).not.toHaveProperty('appended');
    await settings({ mentions: { textNeedsToken: false, markdownAllNeedsToken: false } });
    await here.robot({ ...bodies[type]!(words), at });
    const shown = await last();
    expect([shown.mentions, shown.appended]).toEqual([other, appended]);
  },
);

test('numbers among the mobiles, or one mobile in place of a list, notify nobody', async () => {
  for (const atMobiles of [[13800000002], '13800000002']) {
    await here.robot({ ...text('@13800000002 x'), at: { atMobiles } });
    expect((await last()).mentions).toEqual([]);
  }
});

test('the carrierId of a card in a group or a chat asks and recalls as a processQueryKey does', async () => {
  const made = await here.api('POST', '/v1.0/card/instances/createAndDeliver', {
    cardTemplateId: 'template.schema',
    outTrackId: 'card-1',
    cardData: { cardParamMap: { title: 'x' } },
    openSpaceId: 'dtv1.card//IM_GROUP.cidOps=;dtv1.card//IM_ROBOT.lisi',
    imGroupOpenSpaceModel: { supportForward: true },
    imRobotOpenSpaceModel: { supportForward: true },
    imGroupOpenDeliverModel: { robotCode: 'dingsimapp' },
    imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT' },
  });
  const [group, chat] = made.body.result.deliverResults.map((result: Loose) => result.carrierId);
  const robotCode = 'dingsimapp';
  await here.sim('POST', '/read', { userId: 'lisi' });
  const read = await here.api('POST', '/v1.0/robot/groupMessages/query', { robotCode, processQueryKey: group });
  expect(read.body).toMatchObject({ sendStatus: 'SUCCESS', readUserIds: ['lisi'] });
  const recall = { robotCode, openConversationId: 'cidOps=', processQueryKeys: [group] };
  expect((await here.api('POST', '/v1.0/robot/groupMessages/recall', recall)).body.successResult).toEqual([group]);
  const one = { robotCode, processQueryKeys: [chat] };
  expect((await here.api('POST', '/v1.0/robot/otoMessages/batchRecall', one)).body.successResult).toEqual([chat]);
  expect((await here.sim('GET', '/messages')).map(({ recalled, outTrackId }: Loose) => [recalled, outTrackId])).toEqual(
    [
      [true, 'card-1'],
      [true, 'card-1'],
    ],
  );
});

test('an app’s to-do has no box in the list, unless a setting gives it one', async () => {
  const base = '/v1.0/todo/users/union-zhangsan/tasks';
  const todo = { subject: 's', executorIds: ['union-lisi'], detailUrl: { pcUrl: 'https://a.example' } };
  const { id } = (await here.api('POST', base, todo)).body;
  const tick = () => here.call('POST', '/_sim/tick', { userId: 'lisi', todo: id, done: true });
  expect(await tick()).toMatchObject({ status: 400, body: { error: expect.stringContaining('cannot tick') } });
  expect((await here.sim('GET', '/todos'))[0].done).toBe(false);
  await settings({ todo: { tickable: true } });
  expect((await tick()).status).toBe(200);
  expect((await here.sim('GET', '/todos'))[0].done).toBe(true);
});

test('sampleMarkdown needs its title, and convFile its unionId in the query, unless told otherwise', async () => {
  const untitled = () => here.group('sampleMarkdown', { text: 'x' });
  const space = () =>
    here.api('POST', '/v1.0/convFile/conversations/spaces/query', {
      unionId: 'union-lisi',
      openConversationId: 'cidOps=',
    });
  expect((await untitled()).body.code).toBe('miss.param.markdown');
  expect((await space()).body.code).toBe('paramError');
  await settings({ markdownNeedsTitle: false, unionIdInBody: true });
  expect((await untitled()).status).toBe(200);
  expect((await space()).body.space).toMatchObject({ spaceId: expect.any(String) });
});

test.each([
  ['tables', '| a | b |\n|---|:-:|\n| 1 | 2 |', ['table']],
  ['a single pipe', 'a | b', undefined],
  ['raw tags', 'value <nil>', ['raw-html']],
  ['tags in a code block', '```\n<table>\n```', ['raw-html', 'code-fence']],
  ['font and br', '<font color="#FF0000">x</font><br>y', undefined],
  ['an <a> link', '<a href="https://a.example">x</a>', ['html-link']],
  ['a definition', '> [name]: value', ['link-definition']],
  ['a rule', 'a\n\n---\nb', ['rule']],
  ['a row of a table alone', '|---|', undefined],
  ['escaped signs', '1 &lt; 2', undefined],
])('a message says what phones would not show of %s (looks.md §2)', async (_what, words, losses) => {
  await here.robot(bodies.markdown!(words));
  expect((await last()).lostOnPhones).toEqual(losses);
});

test('links in the text of a card with one button are dead on phones, with two they are not', async () => {
  const card = { title: 't', text: '[x](https://a.example) ![](https://a.example/p.png)' };
  const button = { title: 'go', actionURL: 'https://a.example' };
  const send = (more: object) => here.robot({ msgtype: 'actionCard', actionCard: { ...card, ...more } });
  await send({ singleTitle: 'go', singleURL: 'https://a.example' });
  expect((await last()).lostOnPhones).toEqual(['card-links']);
  await send({ btns: [button] });
  expect((await last()).lostOnPhones).toEqual(['card-links']);
  await send({ btns: [button, button] });
  expect(await last()).not.toHaveProperty('lostOnPhones');
  await send({ text: '![](https://a.example/p.png)', btns: [button] });
  expect(await last()).not.toHaveProperty('lostOnPhones');
});

test('a feed card of ten entries says so too, and plain text never does', async () => {
  const entry = { title: 't', messageURL: 'https://a.example', picURL: 'https://a.example/p.png' };
  await here.robot({ msgtype: 'feedCard', feedCard: { links: Array.from({ length: 10 }, () => entry) } });
  expect((await last()).lostOnPhones).toEqual(['feed-entries']);
  await here.robot(text('<nil>'));
  expect(await last()).not.toHaveProperty('lostOnPhones');
});

test('a group of settings takes its own members and types only', async () => {
  const wrong = await here.call('POST', '/_sim/settings', { mentions: { textNeedsToken: 'yes' } });
  expect([wrong.status, wrong.body.error]).toEqual([400, expect.stringContaining('textNeedsToken: boolean')]);
  expect((await here.call('POST', '/_sim/settings', { todo: { unknown: true } })).status).toBe(400);
});
