import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { cleanFileName } from '../base/text/file-name.ts';
import type { Caller } from './transport/call.ts';
import type { Streamed } from './transport/http.ts';

export type MediaType = 'image' | 'voice' | 'video' | 'file';

export type Media = {
  /** Uploads a file for use in messages. The id does not expire and is kept byte for byte (files.md §1.3). */
  upload(file: { type: MediaType; fileName: string; body: Uint8Array | Streamed }): Promise<{ mediaId: string }>;
};

const TIMEOUT_MS = 60_000;
const OVERALL_MS = 100_000;
const NAME_CHARS = 255;
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}"\\/\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

const Id = v.pipe(v.string(), v.minLength(1));
const Uploaded = v.union([
  v.pipe(
    v.object({ media_id: Id }),
    v.transform(({ media_id }) => ({ mediaId: media_id })),
  ),
  v.pipe(
    v.object({ mediaId: Id }),
    v.transform(({ mediaId }) => ({ mediaId })),
  ),
  v.pipe(
    v.object({ result: v.object({ media_id: Id }) }),
    v.transform(({ result }) => ({ mediaId: result.media_id })),
  ),
]);

export function createMedia(call: Caller): Media {
  return {
    upload: ({ type, fileName, body }) =>
      call({
        operation: 'media.upload',
        host: 'oapi',
        method: 'POST',
        path: '/media/upload',
        query: { type }, // as a form field too it is documented, but not always read
        raw: frame(mediaFileName(fileName), body),
        reply: Uploaded,
        repeatable: true,
        timeoutMs: TIMEOUT_MS,
        overallMs: OVERALL_MS,
      }),
  };
}

/**
 * One part named `media`, framed by hand: the upload needs its length beforehand, and a plain `filename` instead of
 * `filename*` (files.md §1.2).
 */
function frame(fileName: string, body: Uint8Array | Streamed): { contentType: string; body: Streamed } {
  const boundary = `dingdock-${randomUUID()}`;
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="${fileName}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: {
      length: head.length + body.length + tail.length,
      async *open() {
        yield head;
        if ('open' in body) yield* body.open();
        else yield body;
        yield tail;
      },
    },
  };
}

/** A name as the upload takes it: no control characters, quotes, slashes or bidi marks; the extension stays. */
export function mediaFileName(name: string): string {
  return cleanFileName(name, UNSAFE, (clean) => clean.length <= NAME_CHARS) || 'file';
}
