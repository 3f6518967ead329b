import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttp, type HttpRequest } from '../../../lib/dingtalk/transport/http.ts';
import { startServer } from './server.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(...args: Parameters<typeof startServer>) {
  const server = await startServer(...args);
  closers.push(server.close);
  return server;
}

/** A TCP server that does as it likes with each connection. */
async function serveTcp(onConnection: (socket: Socket, count: number) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket, sockets.size);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const post = (url: string, request: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url,
  timeoutMs: 60_000,
  ...request,
});

test('gives back status, headers and text', async () => {
  const server = await serve(() => ({ status: 400, headers: { 'X-Acs-Request-Id': 'r1' }, body: { say: '你好' } }));
  const answer = await createHttp()(post(`${server.url}/a?b=c%20d`, { headers: { 'x-test': '1' }, body: '{"a":1}' }));
  expect(answer).toMatchObject({ status: 400, text: '{"say":"你好"}' });
  expect(answer.headers['x-acs-request-id']).toBe('r1');
  expect(server.calls[0]).toMatchObject({ method: 'POST', path: '/a', query: { b: 'c d' } });
  expect(server.calls[0]?.headers).toMatchObject({ 'x-test': '1', 'content-length': '7' });
});

test('sends a body in parts with its exact length and never in chunks', async () => {
  const server = await serve(() => ({ body: {} }));
  const parts = [Buffer.from('头'), new Uint8Array(200_000).fill(7), Buffer.from('end')];
  await createHttp()(post(server.url, { body: parts }));
  expect(server.calls[0]?.headers['content-length']).toBe(String(3 + 200_000 + 3));
  expect(server.calls[0]?.headers['transfer-encoding']).toBeUndefined();
  expect(server.calls[0]?.bytes.equals(Buffer.concat(parts))).toBe(true);
});

test('keeps its connection for the next request', async () => {
  const ports = new Set<number | undefined>();
  const url = await serveTcp((socket) => {
    ports.add(socket.remotePort);
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'));
  });
  const http = createHttp();
  for (let count = 0; count < 3; count++) {
    await http(post(url));
    for (let turn = 0; turn < 3; turn++) await setImmediate(); // undici frees a connection a turn after its answer
  }
  expect(ports.size).toBe(1);
});

test('does not trust a connection that was idle for longer than it keeps one, as after a freeze', async () => {
  const ports = new Set<number | undefined>();
  const url = await serveTcp((socket) => {
    ports.add(socket.remotePort);
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'));
  });
  let now = 0;
  const http = createHttp({ now: () => now });
  await http(post(url));
  now += 3_600_000;
  await http(post(url));
  expect(ports.size).toBe(2);
});

describe('nothing arrived for certain', () => {
  test('when nobody listens', async () => {
    const url = await serveTcp(() => {});
    await closers.pop()?.();
    await expect(createHttp()(post(url))).rejects.toMatchObject({ code: 'connect_failed', arrived: 'no' });
  });

  test('when the name is not known', async () => {
    const failure = createHttp()(post('http://dingtalk.invalid/'));
    await expect(failure).rejects.toMatchObject({ code: 'connect_failed', arrived: 'no' });
  });

  test('when the time ran out before a connection was there', async () => {
    const url = (await serveTcp(() => {})).replace('http:', 'https:'); // the TLS handshake never ends
    await expect(createHttp()(post(url, { timeoutMs: 100 }))).rejects.toMatchObject({ code: 'timeout', arrived: 'no' });
    const patient = createHttp({ connectTimeoutMs: 100 })(post(url));
    await expect(patient).rejects.toMatchObject({ code: 'connect_failed', arrived: 'no' });
  });
});

describe('it may have arrived', () => {
  test('when there is no answer in time', async () => {
    const server = await serve((_, count) => (count === 1 ? { body: {} } : 'hang'));
    const http = createHttp();
    await http(post(server.url)); // makes the connection, so that the time runs out on the answer
    const failure = http(post(`${server.url}/secret/path?access_token=abc`, { body: '{}', timeoutMs: 100 }));
    await expect(failure).rejects.toMatchObject({ code: 'timeout', arrived: 'maybe' });
    await expect(failure).rejects.not.toThrow(/abc/);
  });

  test('when the connection is cut after the request', async () => {
    const server = await serve(() => 'cut');
    await expect(createHttp()(post(server.url))).rejects.toMatchObject({ code: 'cut', arrived: 'maybe' });
  });

  test('when the answer stalls or breaks off half-way', async () => {
    const half = 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"errcode"';
    const stalling = await serveTcp((socket) => socket.on('data', () => socket.write(half)));
    await expect(createHttp()(post(stalling, { timeoutMs: 100 }))).rejects.toMatchObject({ code: 'timeout' });
    const breaking = await serveTcp((socket) => socket.on('data', () => socket.end(half)));
    await expect(createHttp()(post(breaking))).rejects.toMatchObject({ code: 'cut', arrived: 'maybe' });
  });

  test('when the answer is larger than any of DingTalk', async () => {
    const server = await serve(() => ({ body: 'x'.repeat(2_000_000) }));
    const failure = createHttp()(post(server.url));
    await expect(failure).rejects.toMatchObject({ code: 'answer_too_large', arrived: 'maybe' });
  });

  test('when what answers does not speak HTTP', async () => {
    const url = await serveTcp((socket) => socket.on('data', () => socket.end('220 smtp ready\r\n')));
    await expect(createHttp()(post(url))).rejects.toMatchObject({ code: 'cut', arrived: 'maybe' });
  });
});

test('one request failing leaves the next one alone', async () => {
  const server = await serve((_, count) => (count === 1 ? 'cut' : { body: { errcode: 0 } }));
  const http = createHttp();
  await expect(http(post(server.url))).rejects.toMatchObject({ code: 'cut' });
  expect((await http(post(server.url))).status).toBe(200);
});
