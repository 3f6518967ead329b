import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createJsonCall } from '../../../lib/aws/json-call.ts';

type Seen = { headers: IncomingMessage['headers']; body: string };
type Answer = { status: number; body: string } | 'cut' | Promise<'cut'> | 'half' | 'never';

const seen: Seen[] = [];
let answers: Answer[] = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  seen.push({ headers: request.headers, body });
  const answer = (await answers.shift()) ?? { status: 200, body: '{"MessageId":"1"}' };
  if (answer === 'never') return;
  if (answer === 'cut') request.socket.destroy();
  else if (answer === 'half') response.writeHead(200, { 'content-length': '20' }).write('{"Mess');
  else response.writeHead(answer.status).end(answer.body);
});
let url = '';

beforeEach(async () => {
  seen.length = 0;
  answers = [];
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session',
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/000000000000/events`;
});
afterEach(() => {
  delete process.env.AWS_SESSION_TOKEN;
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const callOf = (over = {}) =>
  createJsonCall({ url, service: 'sqs', region: 'eu-central-1', timeoutMs: 60_000, attempts: 3, ...over });

/** AWS's Signature Version 4, written down once more: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function signatureOf({ headers, body }: Seen): string {
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const lines = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = `POST\n/\n\n${lines.join('')}\n${names}\n${sha(body)}`;
  const date = String(headers['x-amz-date']);
  const scope = `${date.slice(0, 8)}/eu-central-1/sqs/aws4_request`;
  const key = ['eu-central-1', 'sqs', 'aws4_request'].reduce(mac, mac('AWS4secret', date.slice(0, 8)));
  return mac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha(canonical)}`).toString('hex');
}

test('a call is one POST of JSON, signed as AWS checks it', async () => {
  const input = { QueueUrl: url, MessageBody: '你好 \\ud83d\\ude00' };
  expect(await callOf()('AmazonSQS.SendMessage', input)).toEqual({ MessageId: '1' });
  expect(seen).toHaveLength(1);
  const [{ headers, body }] = seen as [Seen];
  expect(JSON.parse(body)).toEqual(input);
  expect(headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'AmazonSQS.SendMessage',
    'x-amz-security-token': 'session',
  });
  expect(headers.authorization).toContain(`Signature=${signatureOf({ headers, body })}`);
  for (const name of ['host', 'x-amz-date', 'x-amz-target', 'x-amz-security-token', 'content-type']) {
    expect(headers.authorization).toContain(name);
  }
});

test('what AWS could not do is tried again, what it refuses is told by its own code', async () => {
  const body = JSON.stringify({ __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'no such queue' });
  answers = [{ status: 503, body: 'busy' }, 'cut', { status: 200, body: '{}' }, { status: 400, body }];
  const call = callOf();
  expect(await call('AmazonSQS.SendMessage', {})).toEqual({});
  expect(seen).toHaveLength(3);
  // nothing is given up for what an operator has to correct
  await expect(call('AmazonSQS.SendMessage', {})).rejects.toMatchObject({ code: 'QueueDoesNotExist', retryable: true });
  expect(seen).toHaveLength(4);
});

test.each([
  ['is too fast for SQS', { status: 400, body: '{"__type":"com.amazonaws.sqs#RequestThrottled"}' }],
  ['is too fast for EventBridge', { status: 400, body: '{"__type":"ThrottlingException"}' }],
  ['is one too many', { status: 429, body: '' }],
  ['breaks something inside AWS', { status: 500, body: '{"__type":"InternalFailure"}' }],
  ['meets a page of something between', { status: 200, body: '<html>' }],
])('a call that %s is made once more', async (_, answer) => {
  answers = [answer];
  expect(await callOf({ attempts: 2 })('AmazonSQS.SendMessage', {})).toEqual({ MessageId: '1' });
  expect(seen).toHaveLength(2);
});

test('an answer without a word is one', async () => {
  answers = [{ status: 200, body: '' }];
  expect(await callOf()('AmazonSQS.ChangeMessageVisibility', {})).toEqual({});
  expect(seen).toHaveLength(1);
});

test('a connection serves one call after the other, of several queues too, and none is lost when it died meanwhile', async () => {
  let connections = 0;
  const count = () => {
    connections += 1;
  };
  server.on('connection', count);
  const single = { attempts: 1 };
  await callOf(single)('AmazonSQS.SendMessage', {});
  await callOf({ ...single, url: `${url}-2` })('AmazonSQS.SendMessage', {});
  expect(connections).toBe(1);
  answers = ['cut'];
  expect(await callOf(single)('AmazonSQS.SendMessage', {})).toEqual({ MessageId: '1' });
  expect(connections).toBe(2);
  server.off('connection', count);
});

test('where each connection dies with its call, one attempt is two requests at most, however many connections were kept', async () => {
  const call = callOf({ attempts: 1 });
  await Promise.all(Array.from({ length: 10 }, () => call('AmazonSQS.SendMessage', {})));
  answers = Array.from({ length: 20 }, () => 'cut' as const);
  await expect(call('AmazonSQS.SendMessage', {})).rejects.toMatchObject({ code: 'no_answer' });
  expect(seen).toHaveLength(12);
});

test('both requests of an attempt have its time together', async () => {
  // time passes as the test says, so that a busy machine does not end it before the second request
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const call = callOf({ attempts: 1, timeoutMs: 10_000 });
  await call('AmazonSQS.SendMessage', {});
  const { promise: late, resolve: cut } = Promise.withResolvers<'cut'>();
  answers = [late, 'never'];
  const failed = vi.fn();
  const first = once(server, 'request');
  call('AmazonSQS.SendMessage', {}).catch(failed);
  await first;
  vi.advanceTimersByTime(9_000);
  const second = once(server, 'request');
  cut('cut');
  await second;
  vi.advanceTimersByTime(999);
  await setImmediate();
  expect(failed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  await setImmediate();
  expect(failed.mock.calls).toEqual([[expect.objectContaining({ code: 'no_answer' })]]);
});

test('what never connects is given up long before what never answers', async () => {
  const silent = createTcpServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const call = callOf({ url: `https://127.0.0.1:${port}`, timeoutMs: 600_000, attempts: 1 });
  await expect(call('AmazonSQS.SendMessage', {})).rejects.toMatchObject({ code: 'no_answer', retryable: true });
  silent.close();
});

test('a call gives up after its attempts, its time, or when its caller does', async () => {
  answers = Array.from({ length: 3 }, () => 'cut' as const);
  await expect(callOf()('AmazonSQS.SendMessage', {})).rejects.toMatchObject({ code: 'no_answer', retryable: true });
  expect(seen).toHaveLength(3);
  answers = ['half', 'half', 'never', 'never'];
  const halting = callOf({ timeoutMs: 500, attempts: 2 })('AmazonSQS.SendMessage', {});
  await expect(halting).rejects.toMatchObject({ code: 'no_answer' });
  expect(seen).toHaveLength(5);
  const hasty = callOf({ timeoutMs: 500, attempts: 1 })('AmazonSQS.SendMessage', {});
  await expect(hasty).rejects.toMatchObject({ code: 'no_answer' });
  const aborted = new AbortController();
  const gone = callOf()('AmazonSQS.SendMessage', {}, aborted.signal);
  gone.catch(() => undefined);
  await expect.poll(() => seen.length).toBe(7);
  aborted.abort();
  await expect(gone).rejects.toMatchObject({ code: 'no_answer' });
});
