import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { desk, type Loose } from './desk.ts';
import { receiver } from './receiver.ts';

/** Stream mode (interactive.md §9.3, callbacks.md §8). */
const here = desk();
const owner = receiver();
const EVENTS = { type: 'EVENT', topic: '*' };
const ROBOT = { type: 'CALLBACK', topic: '/v1.0/im/bot/messages/get' };
const CARDS = { type: 'CALLBACK', topic: '/v1.0/card/instances/callback' };
const credentials = { clientId: 'dingsimapp', clientSecret: 'dingsimsecret' };
const JSON_WANTED = { accept: 'application/json' };
const opened: WebSocket[] = [];

const gateway = (body: object = {}, headers: Record<string, string> = JSON_WANTED) =>
  here.call(
    'POST',
    '/v1.0/gateway/connections/open',
    { ...credentials, subscriptions: [EVENTS, ROBOT, CARDS], ...body },
    headers,
  );

type App = {
  socket: WebSocket;
  frames: Loose[];
  react: (frame: Loose) => Loose | undefined;
  closed: Promise<number>;
};

/** An app that connects with a ticket and answers each frame as told; `undefined` is no answer. */
async function connect(subscriptions: object[] = [EVENTS, ROBOT, CARDS]): Promise<App> {
  const { body } = await gateway({ subscriptions });
  return dial(`${body.endpoint}?ticket=${encodeURIComponent(body.ticket)}`);
}

async function dial(url: string): Promise<App> {
  const socket = new WebSocket(url);
  opened.push(socket);
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  const app: App = {
    socket,
    frames: [],
    closed,
    react: (frame) => ack(frame, frame.type === 'EVENT' ? { status: 'SUCCESS' } : { response: null }),
  };
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    app.frames.push({ ...frame, data: JSON.parse(frame.data) });
    const answer = app.react(frame);
    if (answer) socket.send(JSON.stringify(answer));
  });
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return app;
}

function ack(frame: Loose, data: unknown, code = 200) {
  return {
    code,
    message: 'OK',
    headers: { contentType: 'application/json', messageId: frame.headers.messageId },
    data: JSON.stringify(data),
  };
}

const streams = () => here.sim('GET', '/streams');
const pushes = () => here.sim('GET', '/pushes');
const move = (advanceMs: number) => here.sim('POST', '/clock', { advanceMs });

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.terminate();
  await expect.poll(streams).toEqual([]);
});

describe('the gateway', () => {
  test.each([
    [{ clientSecret: 'wrong' }, 401, 'authFailed'],
    [{ clientId: 'nobody' }, 401, 'authFailed'],
    [{ subscriptions: [] }, 400, 'invalidParameter.param.invalid'],
    [{ subscriptions: [{ type: 'EVENT', topic: 'user_add_org' }] }, 400, 'invalidParameter.param.invalid'],
    [{ subscriptions: [{ type: 'CALLBACK', topic: '/v1.0/unknown' }] }, 400, 'invalidParameter.param.invalid'],
  ])('refuses %j with %i %s', async (body, status, code) => {
    const answer = await gateway(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test('takes what Alibaba’s client for Go subscribes to: what the gateway says by itself', async () => {
    const own = ['ping', 'disconnect'].map((topic) => ({ type: 'SYSTEM', topic }));
    expect((await gateway({ subscriptions: [...own, ROBOT] })).status).toBe(200);
    expect((await gateway({ subscriptions: [{ type: 'SYSTEM', topic: '*' }] })).status).toBe(400);
  });

  test('answers in XML unless JSON is asked for', async () => {
    const xml = await gateway({}, {});
    expect([xml.status, xml.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/xml')]);
    expect(xml.text).toMatch(/<endpoint>ws:.*<\/endpoint><ticket>[\w-]+<\/ticket>/);
    await here.sim('POST', '/settings', { stream: { anyAcceptIsJson: true } });
    expect((await gateway({}, { accept: '*/*' })).body).toEqual({
      endpoint: expect.any(String),
      ticket: expect.any(String),
    });
    expect((await gateway({}, { accept: 'text/xml' })).text).toMatch(/^<\?xml/);
    expect((await gateway()).body).toEqual({
      endpoint: here.url.replace('http', 'ws').concat('/connect'),
      ticket: expect.any(String),
    });
  });

  test('a ticket opens one connection within 90 seconds', async () => {
    const { body } = await gateway();
    const url = `${body.endpoint}?ticket=${body.ticket}`;
    await dial(url);
    await expect(dial(url)).rejects.toThrow('401');
    const late = (await gateway()).body;
    await move(90_000);
    await expect(dial(`${late.endpoint}?ticket=${late.ticket}`)).rejects.toThrow('401');
    await expect(dial(`${late.endpoint}?ticket=nonsense`)).rejects.toThrow('401');
    expect(await streams()).toMatchObject([{ appKey: 'dingsimapp', state: 'open' }]);
  });
});

describe('what is pushed', () => {
  test('an event comes as a frame with its facts in the headers, and is acknowledged', async () => {
    const app = await connect();
    const told = await here.sim('POST', '/events', {
      EventType: 'todo_task_create',
      eventId: 'e-1',
      UnionIdList: ['u'],
    });
    expect(told.delivered).toBe(true);
    expect(app.frames).toEqual([
      {
        specVersion: '1.0',
        type: 'EVENT',
        headers: {
          appId: 'dingsimapp',
          connectionId: (await streams())[0].id,
          contentType: 'application/json',
          eventBornTime: expect.stringMatching(/^\d{13}$/),
          eventCorpId: 'dingsimcorp',
          eventId: 'e-1',
          eventType: 'todo_task_create',
          eventUnifiedAppId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          messageId: expect.any(String),
          time: expect.stringMatching(/^\d{13}$/),
          topic: '*',
        },
        data: { unionIdList: ['u'] },
      },
    ]);
    expect((await pushes())[0]).toMatchObject({
      door: 'events',
      state: 'delivered',
      request: { url: 'stream:EVENT:*' },
    });
  });

  test('a robot message carries what the address would have got, and a reply goes by its session webhook', async () => {
    const app = await connect([ROBOT]);
    here.simulator.setCallbackUrl(owner.url);
    expect((await here.sim('POST', '/say', { from: 'lisi', text: '状态' })).delivered).toBe(true);
    expect(app.frames[0]).toMatchObject({
      type: 'CALLBACK',
      headers: { topic: ROBOT.topic },
      data: {
        msgtype: 'text',
        text: { content: '状态' },
        senderStaffId: 'lisi',
        robotCode: 'dingsimapp',
        conversationType: '1',
      },
    });
    expect(owner.seen).toEqual([]);
    await here.call(
      'POST',
      new URL(app.frames[0].data.sessionWebhook).pathname + new URL(app.frames[0].data.sessionWebhook).search,
      {
        msgtype: 'text',
        text: { content: '好' },
      },
    );
    expect((await here.sim('GET', '/messages')).at(-1)).toMatchObject({ via: 'session-webhook', text: '好' });
    // the app has chosen Stream for its robot only: events still go to the address
    await here.sim('POST', '/events', { EventType: 'check_in' });
    expect(owner.seen).toHaveLength(1);
  });

  test('a tap on a card is answered with the change of the card', async () => {
    const app = await connect();
    await here.api('POST', '/v1.0/card/instances/createAndDeliver', {
      cardTemplateId: 'template.schema',
      outTrackId: 'card-1',
      callbackType: 'STREAM',
      cardData: { cardParamMap: { title: '部署', state: '待处理' } },
      openSpaceId: 'dtv1.card//IM_GROUP.cidOps=',
      imGroupOpenSpaceModel: { supportForward: true },
      imGroupOpenDeliverModel: { robotCode: 'dingsimapp' },
    });
    app.react = (frame) =>
      ack(frame, {
        response: { cardUpdateOptions: { updateCardDataByKey: true }, cardData: { cardParamMap: { state: '已同意' } } },
      });
    const tap = { outTrackId: 'card-1', userId: 'lisi', actionId: 'accept', params: { a: 1 } };
    expect((await here.sim('POST', '/click', tap)).delivered).toBe(true);
    expect(app.frames[0].data).toMatchObject({
      type: 'actionCallback',
      outTrackId: 'card-1',
      userId: 'lisi',
      spaceType: 'IM_GROUP',
      spaceId: 'cidOps=',
    });
    expect(JSON.parse(app.frames[0].data.content)).toEqual({
      cardPrivateData: { actionIds: ['accept'], params: { a: 1 } },
    });
    expect((await here.sim('GET', '/messages'))[0].content).toEqual({ title: '部署', state: '已同意' });
    app.socket.terminate();
    await expect.poll(streams).toEqual([]);
    expect(await here.sim('POST', '/click', tap)).toMatchObject({
      delivered: false,
      attempt: { reason: expect.stringContaining('no Stream connection') },
    });
  });

  test('only what was subscribed comes, and the quota takes the content away', async () => {
    const app = await connect([ROBOT]);
    here.simulator.setCallbackUrl(owner.url);
    await here.sim('POST', '/settings', { webhookQuota: 2 });
    await here.sim('POST', '/events', { EventType: 'check_in' });
    await here.sim('POST', '/say', { from: 'lisi', text: '一' });
    await here.sim('POST', '/say', { from: 'lisi', text: '二' });
    expect(app.frames.map((frame) => frame.data.errorCode)).toEqual([undefined, '20001']);
    expect((await here.sim('GET', '/limits')).usage.webhookAndStream).toBe(2);
  });
});

describe('what goes wrong', () => {
  beforeEach(() =>
    here.sim('POST', '/settings', { streamRetryPlanMs: [10_000, 30_000], stream: { deadlineMs: 60_000 } }),
  );
  /** For an app that does not answer; one that does has a minute, however busy the machine is. */
  const impatient = () => here.sim('POST', '/settings', { stream: { deadlineMs: 50 } });
  const patient = () => here.sim('POST', '/settings', { stream: { deadlineMs: 60_000 } });

  test('an event without an answer comes again, with the same id, until the plan is over', async () => {
    const app = await connect();
    app.react = () => undefined;
    await impatient();
    const first = await here.sim('POST', '/events', { EventType: 'check_in', eventId: 'e-1' });
    expect(first).toMatchObject({ delivered: false, attempt: { reason: 'timeout' } });
    await move(10_000);
    app.react = (frame) => ack(frame, { status: 'SUCCESS' });
    await patient();
    await move(30_000);
    expect(app.frames.map(({ headers }) => headers.eventId)).toEqual(['e-1', 'e-1', 'e-1']);
    expect(new Set(app.frames.map(({ headers }) => headers.messageId)).size).toBe(1);
    expect((await pushes())[0]).toMatchObject({
      state: 'delivered',
      attempts: [{ valid: false }, { valid: false }, { valid: true }],
    });
  });

  test.each([
    ['LATER', { status: 'LATER' }, 200],
    ['no status SUCCESS or LATER', {}, 200],
    ['code 500', { status: 'SUCCESS' }, 500],
  ])('an answer of %s asks for it again', async (reason, data, code) => {
    const app = await connect();
    app.react = (frame) => ack(frame, data, code);
    expect((await here.sim('POST', '/events', { EventType: 'check_in' })).attempt.reason).toBe(reason);
    await move(40_000);
    expect(app.frames).toHaveLength(3);
    expect((await pushes())[0].state).toBe('failed');
    expect(await here.sim('GET', '/failed-list')).toEqual([]);
  });

  test('an answer without a status is enough where that reading is chosen', async () => {
    await here.sim('POST', '/settings', { stream: { eventNeedsStatus: false } });
    const app = await connect();
    app.react = (frame) => ack(frame, {});
    expect(await here.sim('POST', '/events', { EventType: 'check_in' })).toMatchObject({ delivered: true });
    app.react = (frame) => ack(frame, { status: 'LATER' });
    expect(await here.sim('POST', '/events', { EventType: 'check_in' })).toMatchObject({ delivered: false });
  });

  test('a robot message without an answer comes once more after a minute', async () => {
    const app = await connect();
    app.react = () => undefined;
    await impatient();
    await here.sim('POST', '/say', { from: 'lisi', text: 'x' });
    await move(60_000);
    await move(600_000);
    await expect.poll(() => app.frames.length).toBe(2);
    expect(new Set(app.frames.map(({ data }) => data.msgId)).size).toBe(1);
  });

  test('the server pings, and the data comes back', async () => {
    const app = await connect();
    const answers: Loose[] = [];
    app.react = (frame) => {
      answers.push(frame.data);
      return { code: 200, message: 'OK', headers: frame.headers, data: frame.data };
    };
    await here.sim('POST', '/streams', { do: 'ping' });
    await expect.poll(() => answers).toEqual([expect.stringContaining('opaque')]);
    expect(app.frames[0]).toMatchObject({ type: 'SYSTEM', headers: { topic: 'ping' } });
  });

  test('disconnect warns, sends nothing more on that line, and ends it ten seconds later', async () => {
    const old = await connect();
    await here.sim('POST', '/streams', { do: 'disconnect' });
    await expect.poll(() => old.frames).toMatchObject([{ type: 'SYSTEM', headers: { topic: 'disconnect' } }]);
    const fresh = await connect();
    expect((await here.sim('POST', '/events', { EventType: 'check_in' })).delivered).toBe(true);
    expect([old.frames.length, fresh.frames.length]).toEqual([1, 1]);
    await move(10_000);
    await old.closed;
    await expect.poll(streams).toMatchObject([{ state: 'open' }]);
  });

  test('a half-open connection swallows what is sent, and answers no ping', async () => {
    const app = await connect();
    await here.sim('POST', '/streams', { do: 'half-open', id: (await streams())[0].id });
    await impatient();
    expect((await here.sim('POST', '/events', { EventType: 'check_in' })).attempt.reason).toBe('timeout');
    expect(app.frames).toEqual([]);
    const pongs: unknown[] = [];
    app.socket.on('pong', (data) => pongs.push(data));
    app.socket.ping();
    // a new connection takes over what is repeated
    app.socket.terminate();
    await expect.poll(streams).toEqual([]);
    const fresh = await connect();
    await move(10_000);
    await expect.poll(() => fresh.frames.length).toBe(1);
    expect(pongs).toEqual([]);
  });

  test('a line that is cut in the middle of a push fails it at once', async () => {
    const app = await connect();
    app.react = () => {
      app.socket.terminate();
      return undefined;
    };
    const told = await here.sim('POST', '/events', { EventType: 'check_in' });
    expect(told.attempt.reason).toContain('was closed');
  });

  test('of several connections one gets each push, unless a new one ends the old', async () => {
    const both = [await connect(), await connect()];
    for (let n = 0; n < 20; n += 1) await here.sim('POST', '/events', { EventType: 'check_in', eventId: `e-${n}` });
    const counts = both.map((app) => app.frames.length);
    expect(counts[0]! + counts[1]!).toBe(20);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    await here.sim('POST', '/settings', { stream: { oneConnection: true } });
    await connect();
    await Promise.all(both.map((app) => app.closed));
    await expect.poll(async () => (await streams()).length).toBe(1);
  });
});

test('dingtalk-stream, not a line changed, hears events, messages and taps', async () => {
  const load = createRequire(import.meta.url);
  const { DWClient } = load('dingtalk-stream');
  const axios = load('axios');
  // its hosts are fixed, so its requests are sent here instead
  const redirect = axios.interceptors.request.use((config: Loose) => ({
    ...config,
    url: String(config.url).replace('https://api.dingtalk.com', here.url),
  }));
  const heard: Loose[] = [];
  const client = new DWClient({ ...credentials, keepAlive: false, autoReconnect: false });
  client.registerAllEventListener((event: Loose) => {
    heard.push(event);
    return { status: 'SUCCESS' };
  });
  client.registerCallbackListener(ROBOT.topic, (message: Loose) => {
    heard.push(message);
    client.socketCallBackResponse(message.headers.messageId, null);
  });
  client.registerCallbackListener(CARDS.topic, (message: Loose) => {
    heard.push(message);
    client.socketCallBackResponse(message.headers.messageId, { cardData: { cardParamMap: { title: 'done' } } });
  });
  await client.connect();
  await expect.poll(async () => (await streams()).length).toBe(1);
  expect((await here.sim('POST', '/events', { EventType: 'check_in', StaffId: 'lisi' })).delivered).toBe(true);
  expect((await here.sim('POST', '/say', { from: 'lisi', text: '你好' })).delivered).toBe(true);
  expect((await here.sim('POST', '/click', { outTrackId: 'c', userId: 'lisi', actionId: 'a' })).delivered).toBe(true);
  await here.sim('POST', '/streams', { do: 'ping' });
  expect(heard.map(({ headers }) => headers.topic)).toEqual(['*', ROBOT.topic, CARDS.topic]);
  expect(JSON.parse(heard[1].data).text.content).toBe('你好');
  client.disconnect();
  axios.interceptors.request.eject(redirect);
});
