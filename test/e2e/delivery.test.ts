import { describe, expect, test } from 'vitest';
import { robotOf as robotWith, type Shown } from '../support/robot.ts';
import { stackClient } from '../support/stack-client.ts';

const client = await stackClient();
const { api, send, sim, messagesIn, callsTo } = client;
const robotOf = (name: string, windowMs: number) => robotWith(client, name, windowMs);

/** The part `floods` of `npm run test:all` has all floods of the suite at full size. */
const BURST = process.env.FLOOD ? 200 : 80;

test(`${BURST} messages at once arrive in the order of acceptance, none refused for speed`, async () => {
  await sim('POST', '/settings', { robotWindow: { limit: 20, windowMs: 3_000, penaltyMs: 600_000 } });
  try {
    const { shown } = await robotOf('burst', 3_000);
    const started = Date.now();
    for (let n = 0; n < BURST; n += 1) await api('POST', '/messages', { to: 'burst', text: `burst ${n}` });
    await expect.poll(async () => (await shown()).length).toBe(BURST);
    const messages = await shown();
    expect(messages.map(({ text }) => text)).toEqual(Array.from({ length: BURST }, (_, n) => `burst ${n}`));
    const calls = (await callsTo('/robot/send')).filter(
      ({ query }: { query: { access_token: string } }) => query.access_token === 'robot-burst',
    );
    expect(calls).toHaveLength(BURST);
    expect(calls.filter(({ code }: { code: string }) => code !== 'ok')).toEqual([]);
    const times = messages.map(({ at }) => Date.parse(at));
    const used = (BURST - 20) / ((times[BURST - 1]! - times[19]!) / 3_000) / 20;
    console.log(`burst: ${BURST} in ${Date.now() - started} ms; ${(used * 100).toFixed(0)} % of the allowance used`);
  } finally {
    await sim('POST', '/settings', { robotWindow: { limit: 20, windowMs: 60_000, penaltyMs: 600_000 } });
  }
});

test('those that wait for their robot hold up nobody else', async () => {
  // so long that its 21st waits however slow the machine is
  const { shown } = await robotOf('still', 600_000);
  const links: string[] = [];
  for (let n = 0; n < 22; n += 1)
    links.push((await api('POST', '/messages', { to: 'still', text: `still ${n}` })).body.links.self);
  expect((await send({ to: 'project', text: 'beside the others' })).body.status).toBe('sent');
  await expect.poll(async () => (await shown()).length).toBe(20);
  for (const link of links.slice(20)) {
    expect((await api('GET', link)).body.status).toBe('queued');
    expect((await api('POST', `${link}/recall`)).status).toBe(200);
  }
});

test('where a destination merges, six alerts in a row are one message with counts, and each is told as sent', async () => {
  const group = { kind: 'robot-group', openConversationId: 'cidProject=', merge: { windowMs: 15_000 } };
  await api('PUT', '/destinations/merged', group);
  const texts = ['merged: disk', 'merged: disk', 'merged: cpu', 'merged: disk', 'merged: cpu', 'merged: net'];
  const links: string[] = [];
  for (const text of texts) links.push((await api('POST', '/messages', { to: 'merged', text })).body.links.self);
  const status = async (link: string) => (await api('GET', link)).body.status;
  for (const link of links) await expect.poll(() => status(link)).toBe('sent');
  const shown = (await messagesIn('cidProject=')).filter(({ text }: { text?: string }) => text?.includes('merged: '));
  expect(shown.map(({ text }: { text: string }) => text)).toEqual([
    '6 条消息\nmerged: disk ×3\nmerged: cpu ×2\nmerged: net',
  ]);
});

test('a throttled robot is left alone until its block ends, then everything is delivered', async () => {
  const { shown } = await robotOf('throttled', 60_000);
  const pace = { messages: 20, perMs: 60_000, penaltyMs: 3_000 };
  await api('PUT', '/destinations/throttled', { kind: 'custom-robot', accessToken: 'robot-throttled', pace });
  await sim('POST', '/faults', { path: '/robot/send?access_token=robot-throttled', fault: 'throttle', times: 1 });
  const started = Date.now();
  for (let n = 0; n < 5; n += 1) await api('POST', '/messages', { to: 'throttled', text: `throttled ${n}` });
  await expect.poll(async () => (await shown()).length).toBe(5);
  const calls = (await callsTo('/robot/send')).filter(
    ({ query }: { query: { access_token: string } }) => query.access_token === 'robot-throttled',
  );
  expect(calls.map(({ code }: { code: string }) => code)).toEqual(['660026', ...Array(5).fill('ok')]);
  expect(Date.parse(calls[1].at) - Date.parse(calls[0].at)).toBeGreaterThanOrEqual(3_000);
  expect(Date.parse(calls[0].at)).toBeGreaterThanOrEqual(started);
  const texts = (await shown()).map(({ text }) => text);
  expect(texts).toEqual([0, 1, 2, 3, 4].map((n) => `throttled ${n}`));
});

describe('each trouble ends in the state and the words that it deserves', () => {
  const attemptsOf = async (id: string) => (await api('GET', `/messages/${id}`)).body.deliveries[0].attempts;

  test('a robot that wants a keyword: failed, and which word to add is said', async () => {
    await sim('POST', '/robots', { accessToken: 'robot-keyword', conversation: 'cidOps=', keywords: ['告警'] });
    await api('PUT', '/destinations/keyword', { kind: 'custom-robot', accessToken: 'robot-keyword' });
    const { body } = await send({ to: 'keyword', text: 'no such word' });
    expect(body).toMatchObject({ status: 'failed' });
    const [attempt] = await attemptsOf(body.id);
    expect(attempt).toMatchObject({
      code: '310000.keyword',
      class: 'argument',
      remedy: expect.stringMatching(/keyword/),
    });
  });

  test('a wrong secret: failed, and told apart from a keyword', async () => {
    const wrong = { kind: 'custom-robot', accessToken: 'simopsrobot', secret: 'SECwrong' };
    await api('PUT', '/destinations/wrong-secret', wrong);
    const { body } = await send({ to: 'wrong-secret', text: 'x' });
    const [attempt] = await attemptsOf(body.id);
    expect(attempt).toMatchObject({ code: '310000.sign', remedy: expect.any(String) });
  });

  test('a robot that hangs: repeated with the same key, shown once', async () => {
    await sim('POST', '/faults', { path: '/robot/send?access_token=simopsrobot', fault: 'hang', times: 1 });
    const { body } = await send({ to: 'ops', text: 'hanging' });
    expect(body).toMatchObject({
      status: 'sent',
      deliveries: [{ attempts: [{ outcome: 'no-answer' }, { outcome: 'sent' }] }],
    });
    expect((await messagesIn('cidOps=')).filter(({ text }: Shown) => text === 'hanging')).toHaveLength(1);
  });

  test('a 500 from the app robot: sent again and flagged, or unknown when at most once was asked for', async () => {
    const fault = {
      path: '/v1.0/robot/groupMessages/send',
      fault: { status: 500, code: 'system.error', message: '系统错误' },
      times: 1,
    };
    await sim('POST', '/faults', fault);
    const again = await send({ to: 'project', text: 'again' });
    expect(again.body).toMatchObject({ status: 'sent', deliveries: [{ possibleDuplicate: true }] });
    await sim('POST', '/faults', fault);
    const once = await send({ to: 'project', text: 'once', delivery: 'at-most-once' });
    expect(once.body).toMatchObject({ status: 'unknown', deliveries: [{ attempts: [{ code: 'system.error' }] }] });
  });

  test('a missing permission: failed, and the scope to ask for is named', async () => {
    const fault = { status: 403, code: 'Forbidden.AccessDenied.AccessTokenPermissionDenied', message: 'no permission' };
    await sim('POST', '/faults', { path: '/v1.0/robot/groupMessages/send', fault, times: 1 });
    const { body } = await send({ to: 'project', text: 'not allowed' });
    expect(body).toMatchObject({
      status: 'failed',
      deliveries: [{ attempts: [{ class: 'permission', remedy: expect.any(String) }] }],
    });
  });
});

test('a 60 kB Markdown with tables, fences and emoji arrives as numbered parts that render', async () => {
  const { shown } = await robotOf('long', 60_000);
  const table = `| 名称 | 值 |\n|---|---|\n${Array.from({ length: 200 }, (_, n) => `| 行 ${n} 👨‍👩‍👧 | ${n} |\n`).join('')}`;
  const fence = `\`\`\`ts\n${Array.from({ length: 600 }, (_, n) => `const value${n} = ${n};\n`).join('')}\`\`\`\n`;
  const text = `# 报告\n\n${table}\n${fence}\n${'一段文字。'.repeat(2_500)}\n\n${table}`;
  expect(Buffer.byteLength(text)).toBeGreaterThan(60_000);
  expect((await send({ to: 'long', markdown: { title: '报告', text } })).body.status).toBe('sent');
  const parts = (await shown()).map((message) => message.text);
  expect(parts.length).toBeGreaterThan(2);
  parts.forEach((part, index) => {
    expect(part.startsWith(`(${index + 1}/${parts.length})\n\n`)).toBe(true);
    expect((part.match(/^```/gm) ?? []).length % 2).toBe(0);
  });
  expect(parts.join('')).toContain('const value599 = 599;');
});

test('every content of the table reaches each kind that carries it', async () => {
  const url = 'https://example.com/a';
  const contents = [
    { link: { title: '链接', text: '看', url, pictureUrl: 'https://example.com/a.png' } },
    { actionCard: { title: '卡', text: '**一个**', buttons: [{ title: '打开', url }] } },
    {
      actionCard: {
        title: '卡',
        text: '两个',
        buttons: [
          { title: '是', url },
          { title: '否', url },
        ],
        orientation: 'horizontal',
      },
    },
  ];
  for (const content of contents) {
    const { body } = await send({ to: ['ops', 'project', 'zhangsan', 'notice'], ...content });
    expect(body, JSON.stringify(body)).toMatchObject({ status: 'sent' });
  }
  const feed = { feedCard: { items: [{ title: '一', url, pictureUrl: url }] } };
  expect((await send({ to: 'ops', ...feed })).body.status).toBe('sent');
  const oa = {
    url,
    head: { text: 'head', color: 'FFBBBBBB' },
    status: { text: '进行中', color: 'FF00FF00' },
    body: { title: '单', form: [{ key: '一', value: '1' }] },
  };
  expect((await send({ to: 'notice', oa })).body.status).toBe('sent');
});

test('a message is recalled where DingTalk can, with a reason where it cannot', async () => {
  const { body: sent } = await send({ to: ['project', 'zhangsan', 'notice', 'ops'], text: 'take me back' });
  expect(sent.status).toBe('sent');
  const { body } = await api('POST', `/messages/${sent.id}/recall`);
  const outcomes = Object.fromEntries(
    body.deliveries.map((one: { destination: string; outcome: string }) => [one.destination, one.outcome]),
  );
  expect(outcomes).toEqual({ project: 'recalled', zhangsan: 'recalled', notice: 'recalled', ops: 'not_recalled' });
  const [shown] = (await messagesIn('zhangsan')).filter(({ text }: Shown) => text === 'take me back');
  expect(shown).toMatchObject({ recalled: true });
  expect((await api('GET', `/messages/${sent.id}`)).body.deliveries).toContainEqual(
    expect.objectContaining({ destination: 'project', status: 'recalled' }),
  );
});

test('receipts tell who has read it', async () => {
  const { body: sent } = await send({ to: ['zhangsan', 'ops'], text: 'read me' });
  const [shown] = (await messagesIn('zhangsan')).filter(({ text }: Shown) => text === 'read me');
  const before = (await api('GET', `/messages/${sent.id}/receipts`)).body.deliveries;
  expect(before).toContainEqual({ destination: 'zhangsan', read: [], unread: ['zhangsan'] });
  expect(before).toContainEqual({ destination: 'ops', reason: expect.stringContaining('reports no readers') });
  await sim('POST', '/read', { userId: 'zhangsan', id: shown.id });
  expect((await api('GET', `/messages/${sent.id}/receipts`)).body.deliveries).toContainEqual({
    destination: 'zhangsan',
    read: ['zhangsan'],
  });
});

test('a destination is tried with one call', async () => {
  expect(await api('POST', '/destinations/project/test')).toMatchObject({ status: 200, body: { status: 'sent' } });
  expect(await api('POST', '/destinations/nowhere/test')).toMatchObject({
    status: 404,
    body: { code: 'unknown_destination' },
  });
});

test('a hurried message goes before those that wait for the same robot', async () => {
  await sim('POST', '/settings', { robotWindow: { limit: 20, windowMs: 20_000, penaltyMs: 600_000 } });
  try {
    const { shown } = await robotOf('hurry', 20_000);
    // few, so that they are all accepted before the second five may go
    const pace = { messages: 5, perMs: 20_000 };
    await api('PUT', '/destinations/hurry', { kind: 'custom-robot', accessToken: 'robot-hurry', keyword: '', pace });
    for (let n = 0; n < 9; n += 1) await api('POST', '/messages', { to: 'hurry', text: `normal ${n}` });
    await api('POST', '/messages', { to: 'hurry', text: 'high', priority: 'high' });
    await expect.poll(async () => (await shown()).length).toBe(10);
    const order = (await shown()).map(({ text }) => text);
    expect(order.indexOf('high')).toBeLessThan(9);
    expect(order.filter((text) => text !== 'high')).toEqual(Array.from({ length: 9 }, (_, n) => `normal ${n}`));
  } finally {
    await sim('POST', '/settings', { robotWindow: { limit: 20, windowMs: 60_000, penaltyMs: 600_000 } });
  }
});

const MIXED = process.env.FLOOD ? 500 : 40;

test(`${MIXED} mixed messages take ${MIXED} calls`, async () => {
  await sim('POST', '/settings', { robotWindow: { limit: 1_000, windowMs: 60_000, penaltyMs: 600_000 } });
  try {
    await robotOf('mixed', 60_000);
    const pace = { messages: 1_000, perMs: 60_000 };
    await api('PUT', '/destinations/mixed', { kind: 'custom-robot', accessToken: 'robot-mixed', pace });
    const paths = [
      '/robot/send',
      '/v1.0/robot/groupMessages/send',
      '/v1.0/robot/oToMessages/batchSend',
      '/topapi/message/corpconversation/asyncsend_v2',
    ];
    const all = async () => (await Promise.all(paths.map(callsTo))).flat();
    const count = async () =>
      (await all()).filter(({ body }: { body: object }) => JSON.stringify(body).includes('mixed')).length;
    const places = ['mixed', 'project', 'zhangsan', 'notice'];
    const links: string[] = [];
    for (let n = 0; n < MIXED; n += 1) {
      const words = n % 2 === 0 ? { text: `mixed ${n}` } : { markdown: { title: `${n}`, text: `**mixed** ${n}` } };
      links.push((await api('POST', '/messages', { to: places[n % 4], ...words })).body.links.self);
    }
    const last = async () => Promise.all(links.slice(-4).map(async (link) => (await api('GET', link)).body.status));
    await expect.poll(last).toEqual(Array(4).fill('sent'));
    const statuses = new Set();
    for (const link of links) statuses.add((await api('GET', link)).body.status);
    expect(statuses).toEqual(new Set(['sent']));
    expect(await count()).toBe(MIXED);
  } finally {
    await sim('POST', '/settings', { robotWindow: { limit: 20, windowMs: 60_000, penaltyMs: 600_000 } });
  }
});

test('the same Idempotency-Key from 20 callers at once is one message with equal answers', async () => {
  const headers = { 'idempotency-key': 'twenty-at-once' };
  const body = { to: 'project', text: 'twenty callers' };
  const answers = await Promise.all(Array.from({ length: 20 }, () => api('POST', '/messages', body, headers)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
  const shown = async () =>
    (await messagesIn('cidProject=')).filter(({ text }: Shown) => text === 'twenty callers').length;
  await expect.poll(shown).toBe(1);
});
