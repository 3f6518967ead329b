import { AwsFailure } from '../signed-request.ts';
import type { PartsUpload } from './parts-upload.ts';
import type { S3Call } from './s3-call.ts';

/** S3 takes parts of 5 MiB and more; one of these is all that is held of a file. */
const PART_BYTES = 8 * 1024 * 1024;

export type NewObject = { key: string; chunks: AsyncIterable<Uint8Array>; contentType: string; messageId: string };

/**
 * Received files in the bucket. A file is there whole or not at all, and none takes the place of another's.
 * `loadParts` is for files of more than one part: the code for these is loaded with the first of them.
 */
export function createInbox(call: S3Call, loadParts: () => Promise<PartsUpload>, bucket: string) {
  /** The message that the object of this key came with; undefined when there is none. */
  async function ownerOf(key: string): Promise<string | undefined> {
    try {
      const { headers } = await call({ method: 'HEAD', bucket, key });
      return String(headers['x-amz-meta-message-id'] ?? '');
    } catch (error) {
      if (error instanceof AwsFailure && error.code === 'NotFound') return undefined;
      throw error;
    }
  }

  /** Answers false when an object of that key was there first. */
  async function write(object: NewObject, mayReplace: boolean): Promise<boolean> {
    const { key, chunks, contentType } = object;
    const messageId = encodeURIComponent(object.messageId);
    const pieces = inParts(chunks);
    try {
      const first = await pieces.next();
      if (first.done) {
        const named = { 'Content-Type': contentType, 'x-amz-meta-message-id': messageId };
        const headers = mayReplace ? named : { ...named, 'If-None-Match': '*' };
        await call({ method: 'PUT', bucket, key, headers, body: first.value });
      } else {
        const upload = await loadParts();
        const metadata = { 'message-id': messageId };
        await upload({ bucket, key, contentType, metadata, mayReplace, parts: joined(first.value, pieces) });
      }
      return true;
    } catch (error) {
      if (!isTaken(error)) throw error;
      // a request that arrived, and whose answer did not, finds its own object when it is made again
      return (await ownerOf(key)) === messageId;
    }
  }

  return { ownerOf, write };
}

const TAKEN = ['PreconditionFailed', 'ConditionalRequestConflict'];

/** AWS's client says its code as the name of the error. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && TAKEN.includes(error instanceof AwsFailure ? error.code : error.name);
}

/** Pieces of the size of a part; the last one, which may be smaller and the only one, is what it returns. */
async function* inParts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, Buffer> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    if (size >= PART_BYTES) {
      yield Buffer.concat(held);
      held = [];
      size = 0;
    }
    held.push(chunk);
    size += chunk.byteLength;
  }
  return Buffer.concat(held);
}

async function* joined(first: Buffer, rest: AsyncGenerator<Buffer, Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield yield* rest;
}
