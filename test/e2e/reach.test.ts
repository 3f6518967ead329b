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
      'an app robot, half known',
      { kind: 'robot-users', userIds: ['@zhangsan', 'nobody'] },
      {},
      { reached: ['zhangsan'], notReached: ['nobody'] },
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
      'a mention as people write it',
      { kind: 'custom-robot' },
      { mention: { users: [' @wangwu'], mobiles: ['+86 138-0000-0002'] } },
      { unconfirmed: ['wangwu', '13800000002'] },
    ],
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

const robot = (n: number) => ({ accessToken: `reach-robot-${n}`, secret: 'SECreach' });
/** What each kind takes beside `kind`; of those that name their people, whom. */
const KINDS: Record<string, (people: string[], n: number) => object> = {
  'custom-robot': (_, n) => robot(n),
  'custom-robot-pool': (_, n) => ({ robots: [robot(n)] }),
  'robot-group': () => ({ openConversationId: 'cidOps=' }),
  conversation: () => ({ chatId: 'chatOps' }),
  'robot-users': (userIds) => ({ userIds }),
  'work-notification': (userIds) => ({ userIds, confirm: true }),
  'work-notification, not confirmed': (userIds) => ({ userIds }),
};
const WHO: Record<string, string[]> = {
  unknown: ['nobody'],
  'half known': ['lisi', 'nobody'],
  malformed: ['li si'],
  all: PEOPLE,
};
const WEBHOOKS = Object.keys(KINDS).slice(0, 2);
/** Kinds that do as another one does: `npm run test:all -- texts` takes them too. */
const ALIKE =
  process.env.REACH === 'all' ? [] : ['custom-robot-pool', 'conversation', 'work-notification, not confirmed'];
const READINGS = {
  strict: { kinds: Object.keys(KINDS), needs: true, rules: {} },
  other: { kinds: WEBHOOKS, needs: false, rules: { mentionInText: false } },
};
/** How a mention, a task, a message and a test end; who is in a group has nothing to do with the last two. */
const GROUP = {
  unknown: 'sent 422',
  'half known': 'sent sent',
  malformed: '422 422',
  all: 'sent sent sent sent',
};
/** Where the destination names the people, it is refused when they cannot be any. */
const OF_PEOPLE = {
  unknown: 'failed 422 failed failed',
  'half known': 'sent sent sent sent',
  malformed: '422',
  all: 'sent sent sent sent',
};
const ENDS: Record<string, Record<string, string>> = {
  ...Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, GROUP])),
  'robot-users': OF_PEOPLE,
  'work-notification': OF_PEOPLE,
  'work-notification, not confirmed': { ...OF_PEOPLE, unknown: 'sent 422 sent failed' },
};

/** One way to say something: how it ends, or 422; what is told of it has to be so in DingTalk. */
async function said(way: string, to: string, who: string, kind: string): Promise<string> {
  const people = WHO[who] ?? [];
  const text = way === 'test' ? to : `${way} to ${to}.`;
  const mention = { ...(who === 'all' ? { all: true } : { users: people }), fallback: 'text' };
  const task = { title: text, assignees: people, notify: to, partial: true };
  const ways: Record<string, () => ReturnType<typeof api>> = {
    message: () => send({ to, text }),
    mention: () => send({ to, text, mention }),
    task: () => api('POST', '/tasks', task),
    test: () => api('POST', `/destinations/${to}/test`),
  };
  const answer = await ways[way]?.();
  if (answer?.status === 422) return '422';
  const { status, deliveries } =
    answer?.status === 200 ? answer.body : await over(way === 'task' ? await messageTo(to) : answer?.body.id);
  const { reached = [], notReached = [], unconfirmed = [] }: Partial<Reach> = deliveries[0].reach ?? {};
  const rung = await notified(text);
  const where = `${kind}, ${who}, ${way}`;
  expect(
    reached.filter((person) => !rung.includes(person)),
    where,
  ).toEqual([]);
  expect(
    notReached.filter((person) => rung.includes(person)),
    where,
  ).toEqual([]);
  const isOpen = WEBHOOKS.includes(kind) || (kind.endsWith('not confirmed') && way !== 'test');
  if (!isOpen) expect(unconfirmed, where).toEqual([]);
  const asked = WEBHOOKS.includes(kind) && (way === 'mention' || way === 'task') ? people : [];
  expect(rung, where).toEqual(expect.arrayContaining(asked.filter((person) => PEOPLE.includes(person))));
  expect(new Set(rung).size, where).toBe(rung.length);
  return status;
}

/** A message when it is over. */
async function over(id: string) {
  const now = async () => (await api('GET', `/messages/${id}`)).body;
  await expect.poll(async () => (await now()).status).not.toMatch(/queued|sending/);
  return now();
}

/** The message of the only task that told this destination. */
async function messageTo(to: string): Promise<string> {
  const list = async () => (await api('GET', `/messages?to=${to}`)).body.messages;
  await expect.poll(list).toHaveLength(1);
  return (await list())[0].id;
}

test.each(Object.entries(READINGS))(
  'by the %s reading whatever is told of people is so',
  async (_, { needs, rules, ...reading }) => {
    const kinds = reading.kinds.filter((kind) => !ALIKE.includes(kind));
    await sim('POST', '/settings', {
      mentions: { textNeedsToken: needs, markdownAllNeedsToken: needs, cardsNotify: false },
    });
    const ends: Record<string, Record<string, string>> = {};
    const cell = async (kind: string, who: string) => {
      const found: string[] = [];
      const ways = ['mention', 'task', ...(ENDS[kind] === GROUP && who !== 'all' ? [] : ['message', 'test'])];
      for (const way of ways) {
        const n = ++count;
        const to = `reach-${n}-`;
        if (WEBHOOKS.includes(kind)) await sim('POST', '/robots', { ...robot(n), conversation: 'cidOps=' });
        const body = { kind: kind.split(',')[0], ...KINDS[kind]?.(WHO[who] ?? [], n), ...rules };
        const { status } = await api('PUT', `/destinations/${to}`, body);
        if (status === 422) return '422';
        found.push(await said(way, to, who, kind));
      }
      return found.join(' ');
    };
    // not all at once: each request waits for its outcome
    const found = async (kind: string, who: string) => [who, await cell(kind, who)];
    await Promise.all(
      kinds.map(async (kind) => {
        const some = Object.keys(WHO);
        const first = await Promise.all(some.slice(0, 2).map((who) => found(kind, who)));
        ends[kind] = Object.fromEntries([
          ...first,
          ...(await Promise.all(some.slice(2).map((who) => found(kind, who)))),
        ]);
      }),
    );
    expect(ends).toEqual(Object.fromEntries(kinds.map((kind) => [kind, ENDS[kind]])));
  },
);

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

const STRICT = { textNeedsToken: true, markdownAllNeedsToken: true, cardsNotify: false };
/** All that sources disagree about: what a text, `@all` in Markdown, and a card need for anybody to be notified. */
const ALL_READINGS = [true, false].flatMap((textNeedsToken) =>
  [true, false].map((needs) => ({
    textNeedsToken,
    markdownAllNeedsToken: needs,
    cardsNotify: needs !== textNeedsToken,
  })),
);
const buttons = [{ title: 'a', url: 'https://example.com' }];
const FORMS: Record<string, (said: string) => unknown> = {
  text: (said) => said,
  markdown: (text) => ({ title: 'title', text }),
  actionCard: (text) => ({ title: 'title', text, buttons }),
};
const ASKED = [
  { mention: { users: ['lisi'], mobiles: ['13800000003'] }, people: ['lisi', 'wangwu'], names: 2 },
  { mention: { all: true }, people: [...PEOPLE].sort(), names: 1 },
];

/** Everybody who is asked for is notified by a robot, and is named once at most. */
async function mentionsBy(kind: string, rules: object): Promise<void> {
  const n = ++count;
  const to = `reach-${n}-`;
  await sim('POST', '/robots', { ...robot(n), conversation: 'cidOps=' });
  await api('PUT', `/destinations/${to}`, { kind, ...KINDS[kind]?.([], n), ...rules });
  for (const { mention, people, names } of ASKED) {
    for (const [form, contentOf] of Object.entries(FORMS)) {
      const said = `${to} ${form} ${names}.`;
      expect((await send({ to, [form]: contentOf(said), mention })).body.status).toBe('sent');
      expect((await notified(said)).sort(), said).toEqual(people);
      const [shown] = ((await messagesIn('cidOps=')) as Shown[]).filter((each) => each.text.includes(said));
      expect([...(shown?.text.match(/@\S+/g) ?? []), ...(shown?.appended ?? [])].length, said).toBeLessThanOrEqual(
        names,
      );
    }
  }
}

/** Who can mention nobody says so, and reaches its own people alone. */
async function mentionsNobody(kind: string, own: string[]): Promise<void> {
  const to = await destination({ kind, ...KINDS[kind]?.(own, 0) });
  const mention = { users: ['lisi'] };
  expect((await api('POST', '/messages', { to, text: 'x', mention })).status, kind).toBe(422);
  const said = `${to} in words.`;
  const { body } = await send({ to, text: said, mention: { ...mention, fallback: 'text' } });
  expect([body.status, body.deliveries[0].reach?.reached ?? []], kind).toEqual(['sent', own]);
  expect(await notified(said), kind).not.toContain('lisi');
}

test.each(ALL_READINGS)(
  'by the reading %j everybody asked for is notified, in each kind of robot and message, and no name stands twice',
  async (mentions) => {
    await sim('POST', '/settings', { mentions });
    for (const kind of WEBHOOKS) await mentionsBy(kind, mentions.textNeedsToken ? {} : { mentionInText: false });
    for (const kind of ['robot-group', 'conversation']) await mentionsNobody(kind, []);
    for (const kind of ['robot-users', 'work-notification']) await mentionsNobody(kind, ['zhangsan']);
    await sim('POST', '/settings', { mentions: STRICT });
  },
);

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
