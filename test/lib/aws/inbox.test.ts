import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createInbox } from '../../../lib/aws/s3/inbox.ts';
import type { PartedObject } from '../../../lib/aws/s3/parts-upload.ts';
import { createRawStore } from '../../../lib/aws/s3/raw-store.ts';
import { createS3Call } from '../../../lib/aws/s3/s3-call.ts';

const MIB = 1024 * 1024;
type Stored = { bytes: Buffer; owner: string | undefined; type: string | undefined };

/** Objects as S3 keeps them; `after` says what happens to the answer of a PUT that arrived. */
let objects: Map<string, Stored>;
let asked: string[];
let after: (put: number) => 'answer' | 'cut' | 'conflict';
let parted: { bytes: number[]; mayReplace: boolean }[];
const server = createServer(async (request, response) => {
  const { method = '', url = '', headers } = request;
  asked.push(method);
  const kept = objects.get(url);
  const refuse = (status: number, code: string) => {
    response.writeHead(status).end(method === 'HEAD' ? undefined : `<Error><Code>${code}</Code></Error>`);
  };
  if (method === 'HEAD') {
    if (!kept) return refuse(404, 'NoSuchKey');
    return void response.writeHead(200, kept.owner === undefined ? {} : { 'x-amz-meta-message-id': kept.owner }).end();
  }
  const bytes = await buffer(request);
  const puts = asked.filter((each) => each === 'PUT').length;
  if (after(puts) === 'conflict') return refuse(409, 'ConditionalRequestConflict');
  if (kept && headers['if-none-match'] === '*') return refuse(412, 'PreconditionFailed');
  objects.set(url, { bytes, owner: String(headers['x-amz-meta-message-id']), type: headers['content-type'] });
  if (after(puts) === 'cut') return void request.socket.destroy();
  response.end();
});
beforeEach(async () => {
  [objects, asked, parted, after] = [new Map(), [], [], () => 'answer'];
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const service = (of = server) => {
  const { port } = of.address() as AddressInfo;
  return { region: 'us-east-1', url: `http://127.0.0.1:${port}`, timeoutMs: 60_000, attempts: 3 };
};
const inbox = () => {
  const loadParts = async () => async (object: PartedObject) => {
    const bytes: number[] = [];
    for await (const part of object.parts) bytes.push(part.byteLength);
    parted.push({ bytes, mayReplace: object.mayReplace });
  };
  return createInbox(createS3Call(service()), loadParts, 'uploads');
};
const KEY = 'inbox/cid=/合同.pdf';
const PATH = '/uploads/inbox/cid%3D/%E5%90%88%E5%90%8C.pdf';
const file = (size: number, messageId = 'msg+1#0') => ({
  ...{ key: KEY, contentType: 'application/pdf', messageId },
  async *chunks() {
    for (let left = size; left > 0; left -= MIB) yield Buffer.alloc(Math.min(left, MIB), 'x');
  },
});
const write = (size: number, mayReplace = false, messageId?: string) => {
  const { chunks, ...object } = file(size, messageId);
  return inbox().write({ ...object, chunks: chunks() }, mayReplace);
};

test.each([0, 5, 8 * MIB])('a file of %i bytes is one request, with whose it is', async (size) => {
  expect(await inbox().ownerOf(KEY)).toBeUndefined();
  expect(await write(size)).toBe(true);
  expect(asked).toEqual(['HEAD', 'PUT']);
  expect(parted).toEqual([]);
  expect(objects.get(PATH)).toMatchObject({ owner: 'msg%2B1%230', type: 'application/pdf' });
  expect(objects.get(PATH)?.bytes.equals(Buffer.alloc(size, 'x'))).toBe(true);
  expect(await inbox().ownerOf(KEY)).toBe('msg%2B1%230');
});

test('a larger file goes in parts, whole', async () => {
  expect(await write(17 * MIB + 1)).toBe(true);
  expect(await write(8 * MIB + 1, true)).toBe(true);
  expect(asked).toEqual([]);
  expect(parted).toEqual([
    { bytes: [8 * MIB, 8 * MIB, MIB + 1], mayReplace: false },
    { bytes: [8 * MIB, 1], mayReplace: true },
  ]);
});

test('a file never takes the place of another’s, but of its own', async () => {
  expect(await write(3, false, 'theirs')).toBe(true);
  expect(await write(4)).toBe(false);
  expect(objects.get(PATH)?.owner).toBe('theirs');
  expect(await write(4, true)).toBe(true);
  expect(objects.get(PATH)?.bytes.length).toBe(4);
});

test('a write whose answer was lost finds its own object at the repeat, and that is no other’s', async () => {
  after = (put) => (put === 1 ? 'cut' : 'answer');
  expect(await write(4)).toBe(true);
  expect(asked).toEqual(['PUT', 'PUT', 'HEAD']);
  expect(objects.get(PATH)).toMatchObject({ owner: 'msg%2B1%230' });
});

test('a write that meets another one of the same name does not count as done', async () => {
  after = () => 'conflict';
  expect(await write(4)).toBe(false);
});

test('a body that stalls half-way is given up in time, and asked for again', async () => {
  let gets = 0;
  const stalling = createServer((_, response) => {
    gets += 1;
    response.writeHead(200, { 'content-length': 10 });
    if (gets === 1) response.write('half');
    else response.end('all of it.');
  });
  await new Promise<void>((resolve) => stalling.listen(0, '127.0.0.1', resolve));
  const raw = (attempts: number) => createRawStore({ ...service(stalling), timeoutMs: 300, attempts }, 'uploads');
  expect(await raw(2).get('raw/1')).toBe('all of it.');
  gets = 0;
  await expect(raw(1).get('raw/1')).rejects.toMatchObject({ code: 'no_answer', retryable: true });
  stalling.closeAllConnections();
  stalling.close();
});
