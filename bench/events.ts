import { createHash, randomUUID } from 'node:crypto';
import { uploadEvent } from '../local/triggers/upload-event.ts';

/** An HTTP API event (payload 2.0) of somebody whose key opens everything. */
export function httpEvent(routeKey: string, body: object, more: object = {}) {
  const [method = '', path = ''] = routeKey.split(' ');
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    headers: { 'content-type': 'application/json', authorization: 'Bearer local' },
    body: JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: {
      timeEpoch: Date.now(),
      requestId: randomUUID(),
      http: { method, path },
    },
    ...more,
  };
}

/** What Lambda makes of messages of a queue. */
export function sqsEvent(entries: readonly { MessageBody: string; MessageGroupId?: string | undefined }[]) {
  return {
    Records: entries.map(({ MessageBody, MessageGroupId }) => ({
      messageId: randomUUID(),
      receiptHandle: randomUUID(),
      body: MessageBody,
      attributes: { ApproximateReceiveCount: '1', ...(MessageGroupId !== undefined && { MessageGroupId }) },
    })),
  };
}

/** What S3 puts into the queue of uploads. */
export function uploadBody(key: string, bytes: Uint8Array): string {
  return uploadBodyOf(key, bytes.length, createHash('md5').update(bytes).digest('hex'));
}

export function uploadBodyOf(key: string, size: number, eTag: string): string {
  const event = 'ObjectCreated:Put' as const;
  const facts = { region: 'us-east-1', sourceIp: '127.0.0.1', requestId: randomUUID() };
  return JSON.stringify(uploadEvent({ bucket: 'uploads', key, event, size, eTag, ...facts }, new Date()));
}
