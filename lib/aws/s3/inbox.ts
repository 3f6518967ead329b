import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** S3 takes parts of 5 MiB and more; one of these is all that is held of a file. */
const PART_BYTES = 8 * 1024 * 1024;

export type NewObject = { key: string; chunks: AsyncIterable<Uint8Array>; contentType: string; messageId: string };

/** Received files in the bucket. A file is there whole or not at all, and none takes the place of another's. */
export function createInbox(client: S3Client, bucket: string) {
  return {
    /** The message that the object of this key came with; undefined when there is none. */
    async ownerOf(key: string): Promise<string | undefined> {
      try {
        const { Metadata } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return Metadata?.['message-id'] ?? '';
      } catch (error) {
        if (error instanceof Error && error.name === 'NotFound') return undefined;
        throw error;
      }
    },

    /** Answers false when an object of that key was there first. */
    async write({ key, chunks, contentType, messageId }: NewObject, mayReplace: boolean): Promise<boolean> {
      const Metadata = { 'message-id': encodeURIComponent(messageId) };
      const place = { Bucket: bucket, Key: key };
      const IfNoneMatch = mayReplace ? undefined : '*';
      let UploadId: string | undefined;
      const Parts: { ETag: string | undefined; PartNumber: number }[] = [];
      try {
        for await (const { bytes, last } of inParts(chunks)) {
          if (last && UploadId === undefined) {
            const put = { ...place, Body: bytes, ContentType: contentType, Metadata, IfNoneMatch };
            await client.send(new PutObjectCommand(put));
            return true;
          }
          UploadId ??= (
            await client.send(new CreateMultipartUploadCommand({ ...place, ContentType: contentType, Metadata }))
          ).UploadId;
          const PartNumber = Parts.length + 1;
          const part = await client.send(new UploadPartCommand({ ...place, UploadId, PartNumber, Body: bytes }));
          Parts.push({ ETag: part.ETag, PartNumber });
        }
        const whole = { ...place, UploadId, MultipartUpload: { Parts }, IfNoneMatch };
        await client.send(new CompleteMultipartUploadCommand(whole));
        return true;
      } catch (error) {
        if (UploadId !== undefined) {
          await client.send(new AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => undefined);
        }
        if (error instanceof Error && TAKEN.includes(error.name)) return false;
        throw error;
      }
    },
  };
}

const TAKEN = ['PreconditionFailed', 'ConditionalRequestConflict'];

/** Pieces of the size of a part; the last may be smaller. */
async function* inParts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<{ bytes: Uint8Array; last: boolean }> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.byteLength;
    if (size < PART_BYTES) continue;
    yield { bytes: Buffer.concat(held), last: false };
    held = [];
    size = 0;
  }
  yield { bytes: Buffer.concat(held), last: true };
}
