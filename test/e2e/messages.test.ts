import { describe, expect, test } from 'vitest';
import { httpEvent } from '../support/events.ts';
import { stackClient } from '../support/stack-client.ts';

const { api, send, request, messagesIn, callsTo, sim, liftBan, urls, invoke } = await stackClient();

const places = [
  { to: 'ops', conversation: 'cidOps=', via: 'custom-robot' },
  { to: 'project', conversation: 'cidProject=', via: 'app-robot' },
  { to: 'zhangsan', conversation: 'zhangsan', via: 'app-robot' },
  { to: 'notice', conversation: 'lisi', via: 'work-notification' },
];

test.each(places)('a text to $to is sent, and stands there byte for byte', async ({ to, conversation, via }) => {
  const text = `你好, world 👨‍👩‍👧 ${to} "\\ <b>`;
  const { status, body } = await send({ to, text });
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'sent', deliveries: [{ destination: to, status: 'sent' }] });
  expect((await messagesIn(conversation)).at(-1)).toMatchObject({ text, msgtype: 'text', via });
});

test.each(places)('markdown to $to is sent as markdown', async ({ to, conversation }) => {
  const markdown = { title: '日报', text: `# 日报 for ${to}\n\n- **一**\n- 二` };
  expect((await send({ to, markdown })).body.status).toBe('sent');
  const last = (await messagesIn(conversation)).at(-1);
  expect(last).toMatchObject({ msgtype: 'markdown', text: markdown.text });
});

test('the legacy group call carries text and markdown too', async () => {
  await api('PUT', '/destinations/old-group', { kind: 'conversation', chatId: 'chatProject' });
  expect((await send({ to: 'old-group', text: 'by chatid' })).body.status).toBe('sent');
  expect((await send({ to: 'old-group', markdown: { title: 't', text: '**old**' } })).body.status).toBe('sent');
  const texts = (await messagesIn('cidProject=')).map(({ text }: { text: string }) => text);
  expect(texts).toEqual(expect.arrayContaining(['by chatid', '**old**']));
});

test('a card is sent, and changed where it stands; nothing else can change', async () => {
  const templateId = '589420e2-c1e2-46ef-a5ed-b8728e654da9.schema';
  const params = { title: '发布 1.2', markdown: '**running**' };
  const { body } = await send({ to: ['project', 'zhangsan'], card: { templateId, params } });
  expect(body.status).toBe('sent');
  const shown = async (conversation: string) => (await messagesIn(conversation)).at(-1)?.content;
  expect([await shown('cidProject='), await shown('zhangsan')]).toEqual([params, params]);
  const before = (await messagesIn('cidProject=')).length;

  const changed = await api('PATCH', `/messages/${body.id}`, { card: { params: { markdown: '**done**' } } });
  const deliveries = ['project', 'zhangsan'].map((destination) => ({ destination, outcome: 'changed' }));
  expect(changed).toMatchObject({ status: 200, body: { id: body.id, deliveries } });
  const after = { ...params, markdown: '**done**' };
  expect([await shown('cidProject='), await shown('zhangsan')]).toEqual([after, after]);
  expect((await messagesIn('cidProject=')).length).toBe(before);

  const text = (await send({ to: 'project', text: 'as it is' })).body.id;
  const refused = await api('PATCH', `/messages/${text}`, { card: { params: { markdown: 'other' } } });
  expect(refused).toMatchObject({ status: 422, body: { code: 'not_changeable' } });
  expect(JSON.stringify(refused.body)).toContain('/recall');
  const robot = await send({ to: 'ops', card: { templateId, params } });
  expect(robot.body.errors).toMatchObject([{ code: 'content_not_carried' }]);
  const recalled = await api('POST', `/messages/${body.id}/recall`);
  expect(recalled.body.deliveries).toMatchObject([{ outcome: 'not_recalled' }, { outcome: 'not_recalled' }]);
});

test('one request reaches several destinations, and tells what became of each', async () => {
  const { body } = await send({ to: ['project', 'zhangsan'], text: 'to both' });
  expect(body.status).toBe('sent');
  const sent = body.deliveries.map(({ destination, status }: Record<string, string>) => [destination, status]);
  expect(sent.sort()).toEqual([
    ['project', 'sent'],
    ['zhangsan', 'sent'],
  ]);
});

test('without waiting the answer is 202 and a link that shows the outcome later', async () => {
  const { status, body } = await api('POST', '/messages', { to: 'project', text: 'later' });
  expect(status).toBe(202);
  await expect.poll(async () => (await api('GET', body.links.self)).body.status).toBe('sent');
});

test('what was sent to a destination is listed, and a list that nobody can give says why', async () => {
  const { body } = await send({ to: 'zhangsan', text: 'listed' });
  const listed = (await api('GET', '/messages?to=zhangsan')).body.messages;
  expect(listed[0]).toEqual((await api('GET', `/messages/${body.id}`)).body);
  expect((await api('GET', '/messages?cursor=junk')).body).toMatchObject({ status: 400, code: 'invalid_cursor' });
  expect((await api('GET', '/messages?status=lost')).body).toMatchObject({ status: 400, code: 'invalid_query' });
  expect((await api('GET', '/shares?cursor=junk')).body).toMatchObject({ status: 400, code: 'invalid_cursor' });
});

test('mentions stand in the text and in the at list, and DingTalk notifies them', async () => {
  await send({ to: 'ops', text: 'please look', mention: { users: ['lisi'], mobiles: ['13800000003'] } });
  const last = (await messagesIn('cidOps=')).at(-1);
  expect(last.text).toBe('please look @lisi @13800000003');
  expect(last.mentions.sort()).toEqual(['lisi', 'wangwu']);
});

test('a wait counts from when the request came: a function that started late answers what it accepted', async () => {
  const headers = { authorization: 'Bearer local', 'content-type': 'application/json', prefer: 'wait=25' };
  const body = JSON.stringify({ to: 'project', text: '来晚了' });
  // the event is an hour old
  const event = httpEvent('POST /messages', { headers, body });
  event.requestContext.timeEpoch = Date.now() - 3_600_000;
  const answer = (await invoke('send-message', event)) as { statusCode: number; body: string };
  expect([answer.statusCode, JSON.parse(answer.body).status]).toEqual([202, 'queued']);
});

describe('who may not, and what cannot be', () => {
  const body = { to: 'ops', text: 'x' };

  test('no key and a wrong key are told apart, and nothing is sent', async () => {
    const before = (await messagesIn('cidOps=')).length;
    const ask = async (authorization?: string) => {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await request('POST', `${urls.api}/messages`, body, headers);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer realm="dingdock"');
      return [answer.status, answer.headers.get('content-type'), answer.body.code];
    };
    const problem = 'application/problem+json';
    expect(await ask()).toEqual([401, problem, 'key_missing']);
    expect(await ask('Bearer nobody')).toEqual([401, problem, 'key_unknown']);
    expect(await ask('Token x')).toEqual([401, problem, 'key_malformed']);
    expect(await messagesIn('cidOps=')).toHaveLength(before);
  });

  test('a sender that knows Basic only gives the key as its password', async () => {
    const authorization = `Basic ${Buffer.from('grafana:local').toString('base64')}`;
    const { status } = await request('POST', `${urls.api}/messages`, { to: 'zhangsan', text: 'x' }, { authorization });
    expect(status).toBe(202);
  });

  test('an address that is none, and a method that an address does not take, are told in our words', async () => {
    const none = await request('GET', `${urls.api}/mesages`);
    expect([none.status, none.body.code]).toEqual([404, 'no_such_route']);
    expect(none.body.remedy).toContain('/messages');
    expect((await request('POST', `${urls.api}/a/b/c/d`, {})).body.code).toBe('no_such_route');
    const other = await request('PUT', `${urls.api}/tasks/t_1`, {});
    expect([other.status, other.body.code, other.headers.get('allow')]).toEqual([
      405,
      'method_not_allowed',
      'GET, PATCH',
    ]);
    expect(other.headers.get('content-type')).toBe('application/problem+json');
  });

  test('an unknown name and an unknown field are both named', async () => {
    const { status, headers, body: problem } = await api('POST', '/messages', { to: 'nowhere', txet: 1 });
    expect(status).toBe(422);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(problem.remedy).not.toBe('');
    expect(problem.errors.map(({ code }: { code: string }) => code)).toEqual(
      expect.arrayContaining(['unknown_destination', 'unknown_field']),
    );
  });

  test('an image for a custom robot is refused with the kinds that can', async () => {
    const { status, body: problem } = await api('POST', '/messages', { to: 'ops', image: { mediaId: '@lAD' } });
    expect(status).toBe(422);
    expect(problem.errors[0]).toMatchObject({
      code: 'content_not_carried',
      message: expect.stringContaining('robot-group'),
    });
  });

  test('what is no moment is no time to expire at', async () => {
    for (const expiresAt of ['2020-01-01T00:00:00+08', 'tomorrow']) {
      const { status, body: problem } = await api('POST', '/messages', { ...body, expiresAt });
      expect([expiresAt, status, problem.errors[0].path]).toEqual([expiresAt, 422, 'expiresAt']);
    }
  });

  test('words of the language are no names, and no secret comes out again', async () => {
    for (const name of ['__proto__', 'prototype', 'constructor']) {
      const { status } = await api('PUT', `/destinations/${name}`, {
        kind: 'robot-group',
        openConversationId: 'cidProject=',
      });
      expect([name, status]).toEqual([name, 422]);
    }
    const robots = [{ accessToken: 'canary-token', secret: 'SECcanary' }];
    const put = await api('PUT', '/destinations/pool', { kind: 'custom-robot-pool', robots });
    const got = await api('GET', '/destinations/pool');
    expect(put.body).toEqual({ name: 'pool', kind: 'custom-robot-pool', robots: [{ signs: true }] });
    expect(got.text).toBe(put.text);
    expect(got.text).not.toContain('canary');
  });

  test('an unknown message is 404', async () => {
    expect(await api('GET', '/messages/m_none')).toMatchObject({ status: 404, body: { code: 'unknown_message' } });
  });
});

test('the same Idempotency-Key is the same message, and another body under it is refused', async () => {
  const headers = { 'idempotency-key': 'e2e-once' };
  const body = { to: 'project', text: 'only once' };
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(body, headers)));
  expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  const shown = (await messagesIn('cidProject=')).filter(({ text }: { text: string }) => text === 'only once');
  expect(shown).toHaveLength(1);
  const other = await api('POST', '/messages', { ...body, text: 'other' }, headers);
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
});

test('equal requests that are written differently are one', async () => {
  const written: [path: string, one: object, other: object][] = [
    [
      '/messages',
      { to: ['project', 'ops'], text: 'written twice', expiresAt: '2035-01-01T08:00:00+08:00', mention: { users: [] } },
      {
        ...{
          priority: 'normal',
          delivery: 'at-least-once',
          confirm: false,
          mention: { all: false, fallback: 'refuse' },
        },
        ...{ expiresAt: '2035-01-01T00:00:00.000Z', text: 'written twice', to: ['ops', 'project', 'ops'] },
      },
    ],
    [
      '/tasks',
      {
        title: '写两次',
        assignees: ['lisi', 'zhangsan'],
        due: '2035-01-01T00:00:00Z',
        data: { flag: false, list: [] },
      },
      {
        ...{ via: ['message', 'todo'], partial: false, tell: 'outcome', notify: undefined },
        ...{ data: { list: [], flag: false }, due: '2035-01-01T08:00:00+08:00' },
        ...{ assignees: ['zhangsan', 'lisi'], title: '写两次', completion: 'all' },
      },
    ],
    [
      '/files',
      { to: ['ops', 'project'], fileName: 'a.pdf', size: 3, mention: { users: ['lisi', 'wangwu'] } },
      { size: 3, fileName: 'a.pdf', to: ['project', 'ops'], mention: { fallback: 'text', users: ['wangwu', 'lisi'] } },
    ],
  ];
  for (const [path, one, other] of written) {
    const headers = { 'idempotency-key': `written${path}` };
    const first = await api('POST', path, one, headers);
    expect([path, first.status < 300]).toEqual([path, true]);
    const second = await api('POST', path, other, headers);
    expect([path, second.status, second.body.id]).toEqual([path, first.status, first.body.id]);
  }
  // the caller's own JSON is what it is
  const headers = { 'idempotency-key': 'written/tasks' };
  const changed = { title: '写两次', assignees: ['lisi', 'zhangsan'], due: '2035-01-01T00:00:00Z', data: { list: [] } };
  expect((await api('POST', '/tasks', changed, headers)).body.code).toBe('idempotency_key_reused');
});

describe('when DingTalk', () => {
  test('refuses, the message says failed with reason and remedy', async () => {
    await api('PUT', '/destinations/unknown-robot', { kind: 'custom-robot', accessToken: 'nobody-knows-it' });
    const { body } = await send({ to: 'unknown-robot', text: 'x' });
    expect(body.status).toBe('failed');
    expect(body.deliveries[0].attempts[0]).toMatchObject({ outcome: 'refused', code: '300005', class: 'gone' });
  });

  test('forgets the token, the message is sent all the same', async () => {
    await sim('POST', '/faults', { path: '/v1.0/robot/groupMessages/send', fault: 'revoke-token', times: 1 });
    expect((await send({ to: 'project', text: 'after a revoked token' })).body.status).toBe('sent');
  });

  test('hangs up after it took the message, the robot shows it once', async () => {
    await sim('POST', '/faults', { path: '/robot/send', fault: 'drop-after-accept', times: 1 });
    const { body } = await send({ to: 'ops', text: 'taken, then cut' });
    expect(body.status).toBe('sent');
    expect(body.deliveries[0].attempts.length).toBeGreaterThan(1);
    const shown = (await messagesIn('cidOps=')).filter(({ text }: { text: string }) => text === 'taken, then cut');
    expect(shown).toHaveLength(1);
  });

  test('answers nothing, an urgent message goes to the fallback, which has to be one', async () => {
    const group = { kind: 'robot-group', openConversationId: 'cidProject=' };
    const refused = async (fallback: object) => {
      const { status, body } = await api('PUT', '/destinations/held-up', { ...group, fallback });
      return [status, body.errors?.map(({ code }: { code: string }) => code)];
    };
    expect(await refused({ to: 'nobody-knows-it' })).toEqual([422, ['unknown_destination']]);
    expect(await refused({ to: 'held-up' })).toEqual([422, ['unknown_destination']]);
    expect(await refused({ topicArn: 'arn:aws:sns:eu-central-1:123456789012:t' })).toEqual([
      422,
      ['topic_not_allowed'],
    ]);
    expect(await refused({ to: 'ops' })).toEqual([200, undefined]);
    expect(await refused({ to: 'held-up' })).toEqual([422, ['fallback_is_itself']]);
    await sim('POST', '/faults', { path: '/v1.0/robot/groupMessages/send', fault: { status: 503 }, times: 1 });
    const { body } = await send({ to: 'held-up', text: 'by the other way', priority: 'high' });
    const { body: told } = await api('GET', body.links.self);
    expect(
      told.deliveries.find(({ destination }: { destination: string }) => destination === 'held-up').fallback.to,
    ).toBe('ops');
    await expect.poll(async () => (await api('GET', body.links.self)).body.status).toBe('sent');
    const shown = (await messagesIn('cidOps=')).filter(({ text }: { text: string }) => text === 'by the other way');
    expect(shown).toHaveLength(1);
  });

  test('answers a page of HTML, the message waits and says why', async () => {
    await sim('POST', '/faults', {
      path: '/topapi/message/corpconversation/asyncsend_v2',
      fault: 'html-ban',
      times: 1,
    });
    await api('PUT', '/destinations/banned', { kind: 'work-notification', userIds: ['wangwu'] });
    const { body: accepted } = await api('POST', '/messages', { to: 'banned', text: 'x' });
    await expect
      .poll(async () => (await api('GET', accepted.links.self)).body.deliveries[0].attempts[0]?.code)
      .toBe('ip_ban');
    expect((await api('GET', accepted.links.self)).body.status).toBe('queued');
    await expect.poll(liftBan).toBe(true);
    // it would be sent some time later, while others count the calls
    expect((await api('POST', `${accepted.links.self}/recall`)).status).toBe(200);
  });
});

test('all functions together asked for a token once at most, and once more when it was revoked', async () => {
  expect((await callsTo('/v1.0/oauth2/accessToken')).length).toBeLessThanOrEqual(2);
});

test('a robot whose secrets are planted to be found is refused without one of them coming out', async () => {
  const planted = { kind: 'custom-robot', accessToken: 'canary-token-of-a-robot', secret: 'SECcanaryOfARobot' };
  await api('PUT', '/destinations/planted', planted);
  // even if DingTalk itself said it
  const fault = { errcode: 300005, errmsg: `token ${planted.accessToken} of ${planted.secret} is not exist` };
  await sim('POST', '/faults', { path: '/robot/send', fault, times: 1 });
  const { text } = await send({ to: 'planted', text: 'x' });
  expect(JSON.parse(text).status).toBe('failed');
  for (const secret of [planted.accessToken, planted.secret]) expect(text).not.toContain(secret);
});

describe('a dry run', () => {
  const plan = (body: object, headers = {}) => api('POST', '/messages?dryRun=true', body, headers);

  test('tells what would be sent, and sends, keeps and asks nothing', async () => {
    await api('PUT', '/destinations/many', {
      kind: 'robot-users',
      userIds: Array.from({ length: 45 }, (_, at) => `p${at}`),
    });
    const all = async () => (await request('GET', `${urls.simulator}/_sim/calls`)).body.length;
    const before = await all();
    const text = `${'很长。'.repeat(3_000)}`;
    const { status, body } = await plan({
      to: ['ops', 'many', 'notice'],
      markdown: { title: '长', text: `| a |\n|-|\n${text}` },
    });
    expect(status).toBe(200);
    const [ops, many, notice] = body.deliveries;
    expect(ops).toMatchObject({ destination: 'ops', kind: 'custom-robot', content: 'markdown', quota: 'webhook' });
    expect(ops.reach).toBeUndefined();
    expect(many).toMatchObject({ calls: many.parts.length * 3, quota: 'api', reach: { people: 45 } });
    expect(notice).toMatchObject({ kind: 'work-notification', reach: { people: 1 } });
    expect(body.calls).toBe(ops.calls + many.calls + notice.calls);
    expect(body.warnings[0].code).toBe('table_on_phones');
    expect(await all()).toBe(before);
    const listed = (await api('GET', '/messages?to=many')).body.messages;
    expect(listed).toEqual([]);
  });

  test('says the bytes that DingTalk gets then', async () => {
    const body = { to: 'ops', text: 'measured', mention: { users: ['lisi'] } };
    const [planned] = (await plan(body)).body.deliveries;
    await send(body);
    const [call] = (await callsTo('/robot/send')).filter(({ body: sent }: { body: object }) =>
      JSON.stringify(sent).includes('measured'),
    );
    const { msgUuid: _, ...sent } = call.body;
    expect(planned.parts).toEqual([{ bytes: Buffer.byteLength(JSON.stringify(sent)) }]);
  });

  test('takes no place of its Idempotency-Key, and is refused as the request itself would be', async () => {
    const key = { 'idempotency-key': 'tried-first' };
    expect((await plan({ to: 'project', text: 'tried' }, key)).status).toBe(200);
    expect((await api('POST', '/messages', { to: 'project', text: 'another' }, key)).status).toBe(202);
    const refused = [
      await plan({ to: 'nowhere', text: 'x' }),
      await plan({ to: 'ops', text: 'x', expiresAt: '2020-01-01T00:00:00Z' }),
      await api('POST', '/messages?dryRun=yes', { to: 'ops', text: 'x' }),
      await request('POST', `${urls.api}/messages?dryRun=true`, { to: 'ops', text: 'x' }),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'invalid_request'],
      [422, 'in_the_past'],
      [400, 'invalid_query'],
      [401, 'key_missing'],
    ]);
  });
});
