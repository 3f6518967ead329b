import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { JsonObject } from '../../json.ts';
import type { Grant, StoredObject } from '../../world/drive.ts';
import { rememberKey, type State } from '../../world/state.ts';

/** Signed addresses in the shape of a headerSignatureInfo (files.md §5.2). */
export function handOut(state: State, facts: Pick<Grant, 'method' | 'stored' | 'object'>): JsonObject {
  const key = state.chance.bytes(16).toString('hex');
  const date = new Date(state.clock.wall()).toUTCString();
  const seconds = state.settings.driveLinkSeconds;
  const grant = { ...facts, date, expiresAt: state.clock.now() + seconds * 1000 };
  rememberKey(state.drive.grants, key, grant, state.settings.mostKept);
  return {
    resourceUrls: [`${state.url}/_sim/oss/${key}`],
    internalResourceUrls: [],
    headers: { Authorization: `OSS simulated:${ossSign(facts.method, '', date, key)}`, 'x-oss-date': date },
    expirationSeconds: seconds,
    region: 'ZHANGJIAKOU',
  };
}

/** The object store signs over the content type, which is why an upload must send none (files.md §5.4). */
export function ossSign(method: string, contentType: string, date: string, key: string): string {
  const text = `${method}\n\n${contentType}\n${date}\nx-oss-date:${date}\n/simulator/${key}`;
  return createHmac('sha1', 'simulated-oss-secret').update(text).digest('base64');
}

/** Streams to a temporary file; a body that breaks off leaves nothing behind. */
export async function keepObject(state: State, body: Readable): Promise<StoredObject> {
  const file = join(folder(state), randomUUID());
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      sha256.update(chunk);
      md5.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(body, measure, createWriteStream(file));
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  return { files: [{ path: file, size }], size, sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

/** The parts of a multipart upload, in their order, as one object. */
export async function joinObjects(parts: StoredObject[]): Promise<StoredObject> {
  const files = parts.flatMap((part) => part.files);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  for await (const chunk of bytesOf(files, 0, size - 1)) {
    sha256.update(chunk);
    md5.update(chunk);
  }
  return { files, size, sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

/** The bytes from `start` to `end`, both included. */
export function readObject(object: StoredObject, start = 0, end = object.size - 1): ReadableStream<Uint8Array> {
  const chunks = bytesOf(object.files, start, end);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

async function* bytesOf(files: StoredObject['files'], start: number, end: number): AsyncGenerator<Buffer, undefined> {
  let from = 0;
  for (const { path, size } of files) {
    const range = { start: Math.max(0, start - from), end: Math.min(size - 1, end - from) };
    from += size;
    if (range.start <= range.end) yield* createReadStream(path, range);
  }
  return undefined;
}

function folder(state: State): string {
  state.drive.folder ??= mkdtempSync(join(tmpdir(), 'dingtalk-simulator-'));
  return state.drive.folder;
}
