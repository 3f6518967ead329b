import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sealReply } from '../../lib/dingtalk/doors/callback.ts';
import { PATIENT, PATIENT_MS, startCallbackBed } from '../support/callback-bed.ts';
import { runCli } from '../support/cli.ts';

const KEY = { token: 'simcallbacktoken', aesKey: 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0' };
const OTHER_AES = 'Abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';

let bed: Awaited<ReturnType<typeof startCallbackBed>>;
let door: string;
const servers: Server[] = [];
beforeAll(async () => {
  bed = await startCallbackBed();
  const { doorsWithin } = await import('../../functions/receive-callback/handler.ts');
  door = await bed.openDoor(doorsWithin(PATIENT_MS, PATIENT));
});
afterAll(() => bed.stop());
afterEach(() => {
  bed.queueNetwork.set('up');
  bed.tableNetwork.set('up');
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const dingdock = (...args: string[]) => dingdockIn({}, ...args);

async function dingdockIn(env: Record<string, string>, ...args: string[]) {
  // where its calls to DingTalk are counted
  const { AWS_ENDPOINT_URL_DYNAMODB } = process.env;
  const all = { SIMULATOR_URL: bed.simulator.url, AWS_ENDPOINT_URL_DYNAMODB, ...env };
  const { code, text } = await runCli(all, ['callback', ...args]);
  return { code, text };
}
const verify = (url: string, ...args: string[]) => dingdock('verify', url, ...args);

async function endpoint(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
}

const sealed = (over: { token?: string; aesKey?: string; receiverId?: string; plaintext?: string }) => {
  const { receiverId = 'dingsimapp', plaintext = 'success', ...key } = over;
  const reply = sealReply({ key: { ...KEY, ...key }, receiverId, plaintext, now: Date.now, random: randomBytes });
  return (_: unknown, response: ServerResponse) => void response.end(JSON.stringify(reply));
};

test('a door that is right passes: both receivers, timing, and every forgery refused', async () => {
  const { code, text } = await verify(`${door}/dingtalk/events`);
  expect(text).not.toContain('✗');
  expect(text.split('\n')).toHaveLength(6);
  expect(code).toBe(0);
});

test('a wrong AES key is named, whether the endpoint refuses or answers with its own', async () => {
  const refusing = await dingdockIn({ DINGTALK_AES_KEY: OTHER_AES }, 'verify', `${door}/dingtalk/events`);
  expect(refusing.code).toBe(1);
  expect(refusing.text).toContain('✗ refused (403) for dingsimapp: token, AES key or receiver id');
  expect(refusing.text).toContain('bad_padding/bad_length = AES key');
  const answering = await verify(await endpoint(sealed({ aesKey: OTHER_AES })));
  expect(answering).toEqual({ code: 1, text: '✗ wrong AES key: the answer is encrypted with another one' });
});

test.each([
  { fault: 'another token', answer: sealed({ token: 'another' }), says: '✗ wrong token:' },
  { fault: 'another receiver', answer: sealed({ receiverId: 'x' }), says: '✗ wrong receiver: sealed for x' },
  { fault: 'another word', answer: sealed({ plaintext: 'ok' }), says: '✗ the answer says "ok" instead of "success"' },
  {
    fault: 'a plain success',
    answer: (_: unknown, response: ServerResponse) => void response.end('success'),
    says: '✗ not an encrypted success',
  },
  {
    fault: 'a redirect',
    answer: (_: unknown, response: ServerResponse) => void response.writeHead(302, { location: '/next' }).end(),
    says: '✗ redirect (302) to /next: DingTalk follows none',
  },
  {
    fault: 'an error',
    answer: (_: unknown, response: ServerResponse) => void response.writeHead(500).end(),
    says: '✗ status 500 instead of 200',
  },
  { fault: 'silence', answer: () => undefined, says: '✗ slow: no answer in 2500 ms' },
])('an endpoint with $fault is told so', async ({ answer, says }) => {
  const { code, text } = await verify(await endpoint(answer));
  expect(text).toContain(says);
  expect(code).toBe(1);
});

test('an endpoint that nobody serves, or that takes forgeries, is told so', async () => {
  expect((await verify('http://127.0.0.1:9/callback')).text).toContain('✗ not reachable');
  const trusting = await verify(await endpoint(sealed({})), '--receiver', 'dingsimapp');
  expect(trusting.text).toContain('✗ a wrong signature must be refused with 401 or 403: status 200');
});

test('a door that can keep nothing passes check_url and is told what events need', async () => {
  bed.queueNetwork.set('dead');
  bed.tableNetwork.set('dead');
  const { code, text } = await verify(`${door}/dingtalk/events`);
  expect(text).toContain('✗ status 503 instead of 200; an event, other than check_url, has to be stored first');
  expect(code).toBe(1);
});

test('an address is registered, shown, replaced and deleted, and a second one is refused in words', async () => {
  const url = `${door}/dingtalk/events`;
  expect(await dingdock('register', '--url', url, '--tags', 'user_add_org,chat_quit')).toEqual({
    code: 0,
    text: `✓ DingTalk pushes 2 kinds of events to ${url}`,
  });
  expect(await dingdock('show')).toEqual({ code: 0, text: `${url}\nuser_add_org\nchat_quit` });
  const again = await dingdock('register', '--url', url);
  expect(again).toMatchObject({ code: 1, text: expect.stringContaining('(71006): the app has an address already') });
  expect(await dingdock('register', '--url', url, '--replace')).toMatchObject({ code: 0 });
  expect(await dingdock('delete')).toMatchObject({ code: 0 });
  const gone = await dingdock('delete');
  expect(gone).toMatchObject({ code: 1, text: expect.stringContaining('(71007): the app has no address') });
});

test('an address that DingTalk cannot use is refused with its reason', async () => {
  const broken = await dingdock('register', '--url', await endpoint((_, response) => void response.end('success')));
  expect(broken.text).toContain('(71009)');
  expect(broken.text).toContain('dingdock callback verify');
  expect((await dingdock('register', '--url', 'http://127.0.0.1:9/')).text).toContain('(71012)');
});

test('what DingTalk would refuse is said before it is asked, all at once', async () => {
  const key = { DINGTALK_CALLBACK_TOKEN: 'x y', DINGTALK_AES_KEY: 'short' };
  const { code, text } = await dingdockIn(key, 'register', '--url', 'ftp://x', '--tags', 'todo_task_create');
  expect(code).toBe(1);
  for (const name of ['token: 3 characters', 'token: use letters', 'aesKey:', 'url:', 'tags: todo_task_create']) {
    expect(text).toContain(`✗ ${name}`);
  }
});
