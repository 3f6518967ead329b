import { createHash, createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { doorHandler } from '../../functions/receive-callback/door.ts';
import { BUDGET_MS } from '../../functions/receive-callback/receive-callback.ts';
import { decryptMessage, sealReply } from '../../lib/dingtalk/doors/callback.ts';
import { beAsPatient, PATIENT, PATIENT_MS, startCallbackBed } from '../support/callback-bed.ts';
import { httpEvent } from '../support/events.ts';

const KEY = { token: 'simcallbacktoken', aesKey: 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0' };
const NEW_KEY = { token: 'simcallbacktoken', aesKey: 'Abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
const ISV_KEY = { token: 'isvtoken', aesKey: 'Zbcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
/** The shortest of DingTalk's deadlines (callbacks.md §2.5). */
const STRICTEST_MS = 1_200;
const MAIN = { name: 'default', corpId: 'dingsimcorp', appKey: 'dingsimapp', appSecret: 'dingsimsecret' };
const SECRET = JSON.stringify({
  apps: [
    { ...MAIN, callbacks: [KEY, NEW_KEY], cardSecrets: ['simcardsecret'] },
    {
      name: 'isv',
      corpId: 'dingisv',
      appKey: 'isvapp',
      suiteKey: 'suite123',
      appSecret: 'isvsecret',
      callbacks: [ISV_KEY],
      cardSecrets: [],
    },
  ],
});

let bed: Awaited<ReturnType<typeof startCallbackBed>>;
let url: string;
/** The handler as it is, for tests in which it has to give up, and one with more time for the others. */
let strictUrl: string;
const fresh = async () => {
  vi.resetModules();
  return import('../../functions/receive-callback/handler.ts');
};
beforeAll(async () => {
  bed = await startCallbackBed({ secret: SECRET });
  const { doorsWithin, handler } = await fresh();
  url = await bed.openDoor(doorsWithin(PATIENT_MS, PATIENT));
  strictUrl = await bed.openDoor(handler);
});
afterAll(() => bed.stop());
beforeEach(() => {
  bed.queueNetwork.set('up');
  bed.tableNetwork.set('up');
  bed.secretNetwork.set('up');
});

function sealed(fields: object, { key = KEY, receiverId = 'dingsimapp' } = {}) {
  const plaintext = JSON.stringify(fields);
  return sealReply({ key, receiverId, plaintext, now: Date.now, random: randomBytes });
}

async function post(address: string, body: unknown, headers: Record<string, string> = {}) {
  const sent = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(address, { method: 'POST', body: sent, headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

function pushEvent(fields: object, { path = '/dingtalk/events', names = 'old', base = url, ...seal }: Push = {}) {
  const { msg_signature, timeStamp, nonce, encrypt } = sealed(fields, seal);
  const query =
    names === 'old' ? { signature: msg_signature, timestamp: timeStamp, nonce } : { msg_signature, timeStamp, nonce };
  return post(`${base}${path}?${new URLSearchParams(query)}`, { encrypt });
}

/** An event whose signature is right over a time and a nonce of any shape. */
function pushAt(timestamp: string, nonce = 'nonce') {
  const { encrypt } = sealed({ EventType: 'a' });
  const signature = createHash('sha1').update([KEY.token, timestamp, nonce, encrypt].sort().join('')).digest('hex');
  return post(`${url}/dingtalk/events?${new URLSearchParams({ signature, timestamp, nonce })}`, { encrypt });
}
type Push = { path?: string; names?: 'old' | 'new'; base?: string; key?: typeof KEY; receiverId?: string };

const robotHeaders = (secret = MAIN.appSecret, at = Date.now()) => ({
  timestamp: String(at),
  sign: createHmac('sha256', secret).update(`${at}\n${secret}`).digest('base64'),
});

function opened(text: string, key = KEY) {
  const { encrypt } = JSON.parse(text);
  const { plaintext, receiverId } = decryptMessage(key.aesKey, encrypt);
  return { plaintext, receiverId };
}

test('the reply is sealed with the key and for the receiver of the push, whichever of them DingTalk used', async () => {
  const one = { EventType: 'user_add_org' };
  const cases = [
    { push: {}, key: KEY, receiverId: 'dingsimapp' },
    { push: { names: 'new' as const }, key: KEY, receiverId: 'dingsimapp' },
    { push: { receiverId: 'dingsimcorp' }, key: KEY, receiverId: 'dingsimcorp' },
    { push: { key: NEW_KEY }, key: NEW_KEY, receiverId: 'dingsimapp' },
    {
      push: { path: '/dingtalk/isv/events', key: ISV_KEY, receiverId: 'suite123' },
      key: ISV_KEY,
      receiverId: 'suite123',
    },
  ];
  for (const { push, key, receiverId } of cases) {
    const { status, text } = await pushEvent(one, push);
    expect(status).toBe(200);
    expect(opened(text, key)).toEqual({ plaintext: 'success', receiverId });
  }
  expect(await bed.queued()).toBe(cases.length);
});

test('an app answers at its own path only, and one that nobody knows is refused like a forgery', async () => {
  const answers = await Promise.all([
    pushEvent({ EventType: 'a' }, { path: '/dingtalk/isv/events' }),
    pushEvent({ EventType: 'a' }, { path: '/dingtalk/nobody/events' }),
    pushEvent({ EventType: 'a' }, { receiverId: 'suite123' }),
    pushEvent({ EventType: 'a' }, { key: { ...KEY, token: 'forged' } }),
    post(`${url}/dingtalk/isv/robot`, { msgId: 'm' }, robotHeaders(MAIN.appSecret)),
    post(`${url}/dingtalk/robot`, { msgId: 'm' }, robotHeaders(MAIN.appSecret, Date.now() - 3_700_000)),
    post(`${url}/dingtalk/robot`, 'no json', robotHeaders()),
    post(`${url}/dingtalk/robot`, '[1]', robotHeaders()),
    pushEvent([1]),
    pushAt('not-a-number'),
    pushAt('1'.repeat(16)),
    pushAt(String(Date.now()), 'n'.repeat(65)),
  ]);
  expect([...new Set(answers.map(({ status, text }) => `${status} ${text}`))]).toHaveLength(1);
  expect(answers[0]).toMatchObject({ status: 403 });
  const isv = await post(`${url}/dingtalk/isv/robot`, { msgId: 'm' }, robotHeaders('isvsecret'));
  expect(isv).toMatchObject({ status: 200, text: '{"msgtype":"empty"}' });
});

test.each(['check_url', 'check_create_suite_url', 'check_update_suite_url'])(
  '%s is answered without the queue, since nothing is to be kept',
  async (EventType) => {
    bed.queueNetwork.set('dead');
    const { status, text } = await pushEvent({ EventType, Random: 'aBcD' });
    expect(status).toBe(200);
    expect(opened(text).plaintext).toBe('success');
  },
);

test.each(['dead', 'hanging'] as const)(
  'with queue and table %s the door gives up, its answer is no success, and nothing is kept',
  async (weather) => {
    const before = await bed.queued();
    bed.queueNetwork.set(weather);
    bed.tableNetwork.set(weather);
    const answers = await Promise.all([
      pushEvent({ EventType: 'user_add_org' }, { base: strictUrl }),
      post(`${strictUrl}/dingtalk/robot`, { msgId: 'lost' }, robotHeaders()),
    ]);
    for (const { status, text, headers } of answers) {
      expect([status, headers.get('retry-after')]).toEqual([503, '2']);
      expect(JSON.parse(text)).toMatchObject({ code: 'callback_not_stored' });
    }
    bed.queueNetwork.set('up');
    bed.tableNetwork.set('up');
    expect(await bed.queued()).toBe(before);
    expect(await pushEvent({ EventType: 'user_add_org' })).toMatchObject({ status: 200 });
  },
);

test('with a dead queue a push is kept by the table, its answer is a success, and reconcile moves it on', async () => {
  const before = await bed.queued();
  bed.queueNetwork.set('dead');
  const answers = [
    await pushEvent({ EventType: 'user_add_org' }),
    await post(`${url}/dingtalk/robot`, { msgId: 'kept' }, robotHeaders()),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(opened(answers[0]?.text ?? '').plaintext).toBe('success');
  const { handler: reconcile } = await import('../../functions/reconcile/handler.ts');
  await beAsPatient();
  await reconcile().catch(() => undefined); // the queue is still down
  expect(await bed.queued()).toBe(before);
  bed.queueNetwork.set('up');
  // DingTalk does not know the second app, so its failed list cannot be read
  await reconcile().catch(() => undefined);
  expect(await bed.queued()).toBe(before + 2);
  await reconcile().catch(() => undefined);
  expect(await bed.queued()).toBe(before + 2);
});

test.each(['dead', 'hanging'] as const)(
  'a cold start with %s secrets gives up too, and recovers with them',
  async (weather) => {
    bed.secretNetwork.set(weather);
    const cold = await bed.openDoor((await fresh()).handler);
    const first = await pushEvent({ EventType: 'user_add_org' }, { base: cold });
    expect(first.status).toBe(503);
    bed.secretNetwork.set('up');
    const recovered = async () => (await pushEvent({ EventType: 'user_add_org' }, { base: cold })).status;
    await expect.poll(recovered).toBe(200);
  },
);

test('a push that nests too deep for those who read it later is refused, and brackets in a text are no depth', async () => {
  const before = await bed.queued();
  const nested = Array.from({ length: 100 }).reduce<unknown>((inner) => [inner], 0);
  expect((await pushEvent({ EventType: 'deep', nested })).status).toBe(403);
  expect(await bed.queued()).toBe(before);
  expect((await pushEvent({ EventType: 'flat', text: `"${'[{'.repeat(100)}\\` })).status).toBe(200);
});

test('secrets and queue that are each just fast enough are together not: the budget is for the whole invocation', async () => {
  bed.secretNetwork.set('dead');
  const cold = await bed.openDoor((await fresh()).handler);
  const push = async () => (await pushEvent({ EventType: 'user_add_org' }, { base: cold })).status;
  // what it read at its start has failed by then: the next push reads anew, and both its waits are in its own time
  expect(await push()).toBe(503);
  bed.secretNetwork.set('slow');
  bed.queueNetwork.set('slow');
  expect(await push()).toBe(503);
});

test('the door gives up while DingTalk still waits', () => {
  expect(BUDGET_MS).toBeLessThan(STRICTEST_MS);
});

test('a body of 96 kB of emoji fits through the door and into the queue', async () => {
  const before = await bed.queued();
  const { status } = await pushEvent({ EventType: 'user_modify_org', note: '🤖'.repeat(24_000) });
  expect(status).toBe(200);
  // a put that the door gave up, on the slow network of the test before, may have come through since
  expect(await bed.queued()).toBeGreaterThan(before);
});
test('an answer is counted as slow by the time since API Gateway had the request, so that a start is in it', async () => {
  const written: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0);
  const doors = { 'POST /dingtalk/events': async () => ({}) };
  const noteRefusal = async () => undefined;
  const door = doorHandler({ ready: async () => undefined, maxBytes: 1_000, budgetMs: PATIENT_MS, doors, noteRefusal });
  const after = async (ms: number) => {
    const event = httpEvent('POST /dingtalk/events', {});
    await door({ ...event, requestContext: { ...event.requestContext, timeEpoch: Date.now() - ms } });
  };
  await after(0);
  await after(20_000);
  stdout.mockRestore();
  const lines = written.filter((line) => line.includes('CallbacksSlow')).map((line) => JSON.parse(line));
  expect(lines).toEqual([expect.objectContaining({ message: 'callback-slow', CallbacksSlow: 1, stage: 'local' })]);
});
