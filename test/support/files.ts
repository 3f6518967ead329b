import { createHash } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { StackOptions } from '../../local/stack-options.ts';
import { uploadEvent } from '../../local/triggers/upload-event.ts';
import { stackClient } from './stack-client.ts';

type Put = { Metadata?: Record<string, string>; ContentType?: string; ContentEncoding?: string };

/** What tests about files do with the running stack: upload, follow the share, compare bytes. */
export async function filesClient(app: object = {}, options: Partial<StackOptions> = {}) {
  const stack = await stackClient(app, options);
  const { api, urls, messagesIn } = stack;
  const aws = { endpoint: urls.aws, region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
  const s3 = new S3Client(aws);
  const sqs = new SQSClient(aws);

  const urlOf = async (queue: string) =>
    (await sqs.send(new GetQueueUrlCommand({ QueueName: `dingdock-local-${queue}` }))).QueueUrl;
  /** Notifications in the queue, in this order. */
  const tell = async (events: object[]) => {
    const QueueUrl = await urlOf('uploads');
    for (const event of events)
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
  };
  const began = today();
  /** Of each day since this client was made: a list has one day (UTC), and midnight may come by while tests run. */
  const shares = async () => {
    const days = [...new Set([today(), began])];
    const lists = await Promise.all(days.map((day) => api('GET', `/shares?day=${day}`)));
    return lists.flatMap(({ body }) => body.shares);
  };
  const shareOf = async (key: string) => {
    const found = (await shares()).find((share: { key: string }) => share.key === key);
    return found && (await api('GET', `/shares/${found.id}`)).body;
  };
  return {
    ...stack,
    s3,
    sqs,
    urlOf,
    put: (Key: string, Body: Uint8Array, more: Put = {}) =>
      s3.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body, ...more })),
    shares,
    shareOf,
    /** The share of a key, when nothing more will become of it. */
    finished: async (key: string) => {
      await expect
        .poll(async () => (await shareOf(key))?.status ?? 'received')
        .toMatch(/shared|refused|partly|ignored|failed/);
      return shareOf(key);
    },
    fileMessages: async (name: string, conversation = 'cidProject=') =>
      (await messagesIn(conversation)).filter(({ file }: { file?: { fileName: string } }) => file?.fileName === name),
    /** What the simulator has of a file. */
    storedSha256: async (id: string) =>
      sha256(await download(`${urls.simulator}/_sim/files/${encodeURIComponent(id)}`)),
    /** Tells the function of an object once more, or of one that never was. */
    notify: (key: string, eTag: string, size: number) => tell([notification('uploads', key, eTag, size)]),
    tell,
  };
}

/** What S3 says of an object, with a sequencer of its own. */
export function notification(bucket: string, key: string, eTag: string, size: number) {
  const facts = { region: 'us-east-1', sourceIp: '127.0.0.1', requestId: 'test' };
  const event = 'ObjectCreated:Put' as const;
  return uploadEvent({ bucket, key, event, size, eTag: eTag.replaceAll('"', ''), ...facts }, new Date());
}

/** The day (UTC) by which shares are listed. */
const today = () => new Date().toISOString().slice(0, 10);

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export async function download(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}
