import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createClient } from '../../client/client.ts';

/** An API that answers what a test tells it to, one answer after the other. */
type Answer = { status: number; headers?: Record<string, string>; body?: unknown } | 'hang up';
let answers: Answer[] = [];
let asked: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
  const answer = answers.shift() ?? { status: 200, body: { ok: true } };
  if (answer === 'hang up') request.socket.destroy();
  else response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body ?? {}));
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
});
afterAll(() => server.close());
beforeEach(() => {
  answers = [];
  asked = [];
});

function client() {
  const slept: number[] = [];
  const sleep = async (ms: number) => void slept.push(ms);
  return { slept, ...createClient({ url, key: 'k', sleep, random: () => 0.5 }) };
}
const text = { body: { to: 'ops', text: 'x' } };

test('a message is sent again with the same key until it is answered, and waits longer each time', async () => {
  answers = ['hang up', { status: 503 }, { status: 502 }];
  const { slept, sendMessage } = client();
  expect(await sendMessage(text, { wait: 5 })).toEqual({ ok: true });
  expect(asked).toHaveLength(4);
  expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer k', prefer: 'wait=5' });
  expect(asked[0]?.headers['idempotency-key']).toMatch(/^[\da-f-]{36}$/);
  expect(slept).toEqual([250, 500, 1_000]);
});

test('two calls are two requests, unless the caller says that they are one', async () => {
  const { sendMessage } = client();
  await sendMessage(text);
  await sendMessage(text);
  await sendMessage(text, { idempotencyKey: 'order-7' });
  const keys = asked.map(({ headers }) => headers['idempotency-key']);
  expect([new Set(keys).size, keys[2]]).toEqual([3, 'order-7']);
});

test('it waits as long as the API says, and gives up at once when that is too long', async () => {
  answers = [{ status: 429, headers: { 'retry-after': '3' } }];
  const { slept, sendMessage } = client();
  await sendMessage(text);
  expect(slept).toEqual([3_250]);
  answers = [{ status: 429, headers: { 'retry-after': '3600' }, body: { code: 'budget_used_up' } }];
  await expect(sendMessage(text)).rejects.toMatchObject({ status: 429, code: 'budget_used_up' });
  expect(slept).toHaveLength(1);
});

test('after four tries it tells what the last one was, and that nothing answered has a code too', async () => {
  answers = Array.from({ length: 5 }, () => 'hang up' as const);
  await expect(client().getTask({ id: 't_1' })).rejects.toMatchObject({ status: 0, code: 'unreachable' });
  expect(asked.map(({ method, url: path }) => `${method} ${path}`)).toEqual(Array(4).fill('GET /tasks/t_1'));
});

test('what may have been done and has no key is not done twice', async () => {
  answers = [{ status: 500 }];
  await expect(client().changeTask({ id: 't_1', body: { status: 'done' } })).rejects.toMatchObject({ status: 500 });
  answers = [{ status: 503 }];
  await client().changeTask({ id: 't_1', body: { status: 'done' } });
  expect(asked).toHaveLength(3);
});

test('a refusal is told with all its faults and is not tried again', async () => {
  const errors = [{ path: 'to', code: 'unknown_destination', message: 'no destination is named "x"' }];
  answers = [{ status: 422, body: { title: 'wrong', code: 'invalid_request', errors, remedy: 'look' } }];
  const told = { name: 'DingdockError', status: 422, code: 'invalid_request', errors, remedy: 'look' };
  await expect(client().sendMessage(text)).rejects.toMatchObject(told);
  expect(asked).toHaveLength(1);
});

test('names and queries are written as an address takes them, and a caller can stop it', async () => {
  const { getDestination, listMessages } = client();
  await getDestination({ name: '运维/1' });
  await listMessages({ query: { to: 'a&b', status: 'failed' } });
  expect(asked.map(({ url: path }) => path)).toEqual([
    '/destinations/%E8%BF%90%E7%BB%B4%2F1',
    '/messages?to=a%26b&status=failed',
  ]);
  const stopped = new AbortController();
  stopped.abort(new Error('stopped'));
  await expect(listMessages({}, { signal: stopped.signal })).rejects.toThrow('stopped');
  expect(asked).toHaveLength(2);
});
