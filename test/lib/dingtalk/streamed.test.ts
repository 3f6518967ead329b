import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ServiceError } from '../../../lib/base/errors.ts';
import { createMedia } from '../../../lib/dingtalk/media.ts';
import { createCaller } from '../../../lib/dingtalk/transport/call.ts';
import { createHttp } from '../../../lib/dingtalk/transport/http.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Handle = (request: IncomingMessage, response: ServerResponse, count: number) => unknown;

async function serve(handle: Handle) {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    void handle(request, response, count);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count };
}

/** A megabyte in pieces, none of it the same. */
const PIECES = Array.from({ length: 64 }, (_, n) => new Uint8Array(16 * 1024).fill(n));
const body = {
  length: 1024 * 1024,
  async *open() {
    yield* PIECES;
  },
};

async function read(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const put = (url: string, over: object = {}) => createHttp()({ method: 'PUT', url, body, timeoutMs: 60_000, ...over });

test('a streamed body goes with its exact length, unchunked and untyped', async () => {
  const seen: { headers: IncomingMessage['headers']; bytes: Buffer }[] = [];
  const { url } = await serve(async (request, response) => {
    seen.push({ headers: request.headers, bytes: await read(request) });
    response.end('{}');
  });
  expect((await put(url)).status).toBe(200);
  expect(seen[0]?.headers).toMatchObject({ 'content-length': String(body.length) });
  expect(Object.keys(seen[0]?.headers ?? {})).not.toContain('transfer-encoding');
  expect(Object.keys(seen[0]?.headers ?? {})).not.toContain('content-type');
  expect(seen[0]?.bytes.equals(Buffer.concat(PIECES))).toBe(true);
});

test('a 500 in the middle of an upload ends it, and the next try is whole', async () => {
  let whole: Buffer | undefined;
  const { url, count } = await serve(async (request, response, nth) => {
    if (nth === 1) {
      request.once('data', () => {
        request.pause();
        response.writeHead(500, { connection: 'close' });
        response.end('oops');
      });
      return;
    }
    whole = await read(request);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ errcode: 0, media_id: '@l1' }));
  });
  const call = createCaller({
    http: createHttp(),
    app: '',
    count: () => undefined,
    tokens: { get: async () => 'token', reject: async () => 'token' },
    urls: { api: url, oapi: url },
    now: Date.now,
    sleep: async () => {},
    random: () => 0,
  });
  const uploaded = await createMedia(call).upload({ type: 'file', fileName: 'a.bin', body });
  expect(uploaded).toEqual({ mediaId: '@l1' });
  expect(count()).toBe(2);
  expect(whole?.includes(Buffer.concat(PIECES))).toBe(true);
});

test('a receiver that takes nothing more is given up', async () => {
  const { url } = await serve((request) => request.once('data', () => request.pause()));
  const endless = {
    length: 1024 ** 3,
    open: async function* () {
      for (;;) yield new Uint8Array(64 * 1024);
    },
  };
  await expect(put(url, { body: endless, idleMs: 80 })).rejects.toMatchObject({ code: 'stalled', arrived: 'maybe' });
});

test('what the source of a body throws comes out as it is, and nothing whole arrives', async () => {
  const broken = new ServiceError('object.read', { code: 'source_cut', retryable: true });
  const { url } = await serve((request) => void read(request).catch(() => undefined));
  const cut = {
    length: body.length,
    open: async function* () {
      yield* PIECES.slice(0, 20);
      throw broken;
    },
  };
  await expect(put(url, { body: cut })).rejects.toBe(broken);
});

test('a body that is shorter or longer than it said is an error, not a truncated file', async () => {
  const { url } = await serve(async (request, response) => {
    await read(request).catch(() => undefined);
    response.end('{}');
  });
  await expect(put(url, { body: { ...body, length: body.length + 1 } })).rejects.toMatchObject({ code: 'cut' });
  await expect(put(url, { body: { ...body, length: body.length - 1 } })).rejects.toMatchObject({ code: 'cut' });
});
