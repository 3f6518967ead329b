import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

export type PartedObject = {
  bucket: string;
  key: string;
  contentType: string;
  metadata: Record<string, string>;
  mayReplace: boolean;
  /** Each of 5 MiB and more, but the last. */
  parts: AsyncIterable<Uint8Array>;
};

/** Writes an object part by part; it is there when all of them are. @throws what S3's client throws, and the source */
export type PartsUpload = (object: PartedObject) => Promise<void>;

type Options = { timeoutMs: number; attempts: number; tellOutages(client: S3Client): S3Client };

/**
 * Uploads in parts by AWS's client, since they take requests of several kinds. It takes as long to load as the rest of a
 * function: this file is imported late, by the first large file, and its bundle is a text until then
 * (deploy/bundle/late-code.cjs). So it shares no code with others: a class of errors would be another one here.
 */
export function createPartsUpload({ timeoutMs, attempts, tellOutages }: Options): PartsUpload {
  const client = tellOutages(
    new S3Client({
      maxAttempts: attempts,
      // fails a dead connection while there is time left to say so; without the last one the SDK only warns, and waits on
      requestHandler: { connectionTimeout: 1_000, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
      // a part is held whole: its length and sum are known without a checksum
      requestChecksumCalculation: 'WHEN_REQUIRED',
    }),
  );
  return async ({ bucket, key, contentType, metadata, mayReplace, parts }) => {
    const place = { Bucket: bucket, Key: key };
    const begin = { ...place, ContentType: contentType, Metadata: metadata };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(begin));
    try {
      const Parts: { ETag: string | undefined; PartNumber: number }[] = [];
      for await (const Body of parts) {
        const PartNumber = Parts.length + 1;
        const { ETag } = await client.send(new UploadPartCommand({ ...place, UploadId, PartNumber, Body }));
        Parts.push({ ETag, PartNumber });
      }
      const IfNoneMatch = mayReplace ? undefined : '*';
      const whole = { ...place, UploadId, MultipartUpload: { Parts }, IfNoneMatch };
      await client.send(new CompleteMultipartUploadCommand(whole));
    } catch (error) {
      await client.send(new AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => undefined);
      throw error;
    }
  };
}
