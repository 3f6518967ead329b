import { expect, test } from 'vitest';
import { stackClient } from '../support/stack-client.ts';

const { api, send, sim, messagesIn } = await stackClient();

type Reach = { reached: string[]; notReached: string[]; unconfirmed: string[] };
type Shown = { text: string; mentions: string[]; appended?: string[]; conversation: string };

const PEOPLE = ['zhangsan', 'lisi', 'wangwu'];
let count = 0;

/** A destination of its own, so that no robot has more than its 20 a minute. */
async function destination(given: Record<string, unknown>): Promise<string> {
  count += 1;
  const name = `reach-${count}`;
  const robot = { accessToken: `reach-robot-${count}`, secret: 'SECreach' };
  if (given.kind === 'custom-robot') await sim('POST', '/robots', { ...robot, conversation: 'cidOps=' });
  const body = given.kind === 'custom-robot' ? { ...robot, ...given } : given;
  expect((await api('PUT', `/destinations/${name}`, body)).status).toBe(200);
  return name;
}

/** Who was notified of this text as the simulator has it: receivers of their own, and those that an @ rang. */
async function notified(text: string): Promise<string[]> {
  const own = await Promise.all(
    PEOPLE.map(async (person) => ((await messagesIn(person)) as Shown[]).filter((shown) => shown.text.includes(text))),
  );
  const group = ((await messagesIn('cidOps=')) as Shown[]).filter((shown) => shown.text.includes(text));
  return [...own.flat().map(({ conversation }) => conversation), ...group.flatMap(({ mentions }) => mentions)];
}

const many = Array.from({ length: 101 }, (_, index) => `stranger${index}`);
/** Destination, what the message says beside its text, and the reach that it has to tell. */
const CASES: [name: string, to: Record<string, unknown>, more: Record<string, unknown>, Partial<Reach> | undefined][] =
  [
    [
      'an app robot, all known',
      { kind: 'robot-users', userIds: ['zhangsan', 'lisi'] },
      {},
      { reached: ['zhangsan', 'lisi'] },
    ],
    [
      'an app robot, half known',
      { kind: 'robot-users', userIds: ['@zhangsan', 'nobody'] },
      {},
      { reached: ['zhangsan'], notReached: ['nobody'] },
    ],
    ['an app robot, unknown', { kind: 'robot-users', userIds: ['nobody'] }, {}, { notReached: ['nobody'] }],
    [
      'a notification, confirmed',
      { kind: 'work-notification', userIds: ['lisi', 'nobody'], confirm: true },
      {},
      { reached: ['lisi'], notReached: ['nobody'] },
    ],
    [
      'a notification, confirmed by the message',
      { kind: 'work-notification', userIds: ['nobody'] },
      { confirm: true },
      { notReached: ['nobody'] },
    ],
    [
      'a notification, not asked',
      { kind: 'work-notification', userIds: ['lisi', 'nobody'] },
      {},
      { unconfirmed: ['lisi', 'nobody'] },
    ],
    ['a notification to all', { kind: 'work-notification', all: true, confirm: true }, {}, { reached: PEOPLE }],
    [
      'a notification to more than 100',
      { kind: 'work-notification', userIds: [...many, 'lisi'], confirm: true },
      {},
      { unconfirmed: [...many, 'lisi'] },
    ],
    [
      'a mention, half known',
      { kind: 'custom-robot' },
      { mention: { users: ['lisi', 'nobody'] } },
      { unconfirmed: ['lisi', 'nobody'] },
    ],
    [
      'a mention as people write it',
      { kind: 'custom-robot' },
      { mention: { users: [' @wangwu'], mobiles: ['+86 138-0000-0002'] } },
      { unconfirmed: ['wangwu', '13800000002'] },
    ],
    ['a mention of all', { kind: 'custom-robot' }, { mention: { all: true } }, undefined],
    ['a group without mentions', { kind: 'robot-group', openConversationId: 'cidOps=' }, {}, undefined],
  ];

test.each(CASES)(
  '%s: nobody is called reached who was not notified, and nobody the other way round',
  async (...given) => {
    const [name, to, more, told] = given;
    const text = `reach of ${name}, ${count}.`;
    const { body } = await send({ to: await destination(to), text, ...more });
    const [delivery] = body.deliveries;
    const reach: Reach | undefined = delivery.reach;
    expect(reach && sorted(reach)).toEqual(told && sorted({ reached: [], notReached: [], unconfirmed: [], ...told }));
    const rung = await notified(text);
    expect(reach?.reached.filter((person) => !rung.includes(person)) ?? []).toEqual([]);
    expect(reach?.notReached.filter((person) => rung.includes(person)) ?? []).toEqual([]);
    const lost = reach !== undefined && reach.reached.length + reach.unconfirmed.length === 0;
    expect([delivery.status, delivery.attempts.at(-1).code]).toEqual(
      lost ? ['failed', 'nobody_reached'] : ['sent', undefined],
    );
  },
);

function sorted(reach: Reach): Reach {
  return {
    reached: [...reach.reached].sort(),
    notReached: [...reach.notReached].sort(),
    unconfirmed: [...reach.unconfirmed].sort(),
  };
}

test('a mention of somebody whom DingTalk does not know is a warning, and a fault where the request is strict', async () => {
  const to = await destination({ kind: 'custom-robot' });
  const mention = { users: ['lisi', 'nobody'], mobiles: ['13900000000'] };
  const strict = await api('POST', '/messages', { to, text: 'look', mention, strict: true });
  expect([strict.status, strict.body.errors.map(({ path }: { path: string }) => path)]).toEqual([
    422,
    ['mention.users.1', 'mention.mobiles.0'],
  ]);
  const { body } = await send({ to, text: 'look', mention });
  expect(body.deliveries[0].warnings).toMatchObject([
    { path: 'mention.users.1', code: 'unknown_person' },
    { path: 'mention.mobiles.0', code: 'unknown_person' },
  ]);
  const malformed = await api('POST', '/messages', {
    to,
    text: 'look',
    mention: { users: ['li si'], mobiles: ['abc'] },
  });
  expect([malformed.status, malformed.body.errors.map(({ path }: { path: string }) => path)]).toEqual([
    422,
    ['mention.users.0', 'mention.mobiles.0'],
  ]);
});

test('the test of a destination asks whom it reached', async () => {
  const to = await destination({ kind: 'work-notification', userIds: ['nobody'] });
  const { body } = await api('POST', `/destinations/${to}/test`);
  expect(body).toMatchObject({ status: 'failed', deliveries: [{ reach: { notReached: ['nobody'] } }] });
  expect(body.deliveries[0].attempts.at(-1)).toMatchObject({ code: 'nobody_reached' });
});

test.each([
  ['the strict reading', true, {}],
  ['the other reading', false, { mentionInText: false }],
])('by %s everybody asked for is notified, in each kind, and no name stands twice', async (reading, strict, rules) => {
  await sim('POST', '/settings', {
    mentions: { textNeedsToken: strict, markdownAllNeedsToken: strict, cardsNotify: false },
  });
  const to = await destination({ kind: 'custom-robot', ...rules });
  const buttons = [{ title: 'a', url: 'https://example.com' }];
  for (const mention of [{ users: ['lisi'], mobiles: ['13800000003'] }, { all: true }]) {
    for (const kind of ['text', 'markdown', 'actionCard']) {
      const said = `${reading} ${kind} ${'all' in mention}.`;
      const title = 'title';
      const contents: Record<string, unknown> = {
        text: said,
        markdown: { title, text: said },
        actionCard: { title, text: said, buttons },
      };
      expect((await send({ to, [kind]: contents[kind], mention })).body.status).toBe('sent');
      expect((await notified(said)).sort()).toEqual('all' in mention ? [...PEOPLE].sort() : ['lisi', 'wangwu']);
      const [shown] = ((await messagesIn('cidOps=')) as Shown[]).filter((each) => each.text.includes(said));
      const names = [...(shown?.text.match(/@\S+/g) ?? []), ...(shown?.appended ?? [])];
      expect(names.length).toBeLessThanOrEqual('all' in mention ? 1 : 2);
    }
  }
  await sim('POST', '/settings', {
    mentions: { textNeedsToken: true, markdownAllNeedsToken: true, cardsNotify: false },
  });
});

test('tasks name their people in groups that notify nobody, and mention them where a robot can', async () => {
  const to = await destination({ kind: 'custom-robot' });
  const task = { title: 'reach of tasks', assignees: [' @lisi ', '+86 138 0000 0003'], notify: [to, 'project'] };
  const { status, body } = await api('POST', '/tasks', task);
  expect([status, body.assignees.map(({ userId }: { userId: string }) => userId)]).toEqual([201, ['lisi', 'wangwu']]);
  await expect.poll(async () => (await notified(task.title)).sort()).toEqual(['lisi', 'wangwu']);
  await expect
    .poll(
      async () => ((await messagesIn('cidProject=')) as Shown[]).find(({ text }) => text.includes(task.title))?.text,
    )
    .toMatch(/负责人：李四、王五/);
  const shown = ((await messagesIn('cidProject=')) as Shown[]).find(({ text }) => text.includes(task.title));
  expect(shown?.text).not.toContain('@');
});

test('a message to a robot that DingTalk holds says so, and until when', async () => {
  const to = await destination({ kind: 'custom-robot' });
  await sim('POST', '/faults', { path: '/robot/send', fault: 'throttle', times: 1 });
  const first = await api('POST', '/messages', { to, text: 'throttled' });
  const behind = await api('POST', '/messages', { to, text: 'behind it' });
  for (const { body } of [first, behind]) {
    await expect
      .poll(async () => (await api('GET', body.links.self)).body.deliveries[0].waits)
      .toMatchObject({ for: 'pause', until: expect.stringMatching(/^\d{4}-/) });
  }
});

test('a robot that signs, without a secret, is told to want one; its clock is not blamed', async () => {
  const robot = { accessToken: 'reach-unsigned', secret: 'SECunsigned', conversation: 'cidOps=' };
  await sim('POST', '/robots', robot);
  await api('PUT', '/destinations/unsigned', { kind: 'custom-robot', accessToken: robot.accessToken });
  const { body } = await send({ to: 'unsigned', text: 'no signature' });
  expect(body.deliveries[0]).toMatchObject({
    status: 'failed',
    attempts: [{ remedy: expect.stringMatching(/no secret is stored/) }],
  });
});
