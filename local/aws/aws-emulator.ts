import { refuseForeign } from 'dingtalk-simulator/own-origin';
import { buildApp } from 'fauxqs';
import { HOST } from '../../stage/local-ports.ts';
import type { Upload } from '../triggers/upload-event.ts';
import type { AwsRequest } from './aws-calls.ts';
import type { bucketCors } from './bucket-cors.ts';
import { keptStores } from './kept-stores.ts';
import type { Answer } from './secrets-and-bus.ts';

const MAX_OBJECT_BYTES = 512 * 1024 * 1024;

type Options = {
  port: number;
  region: string;
  /** The folder in which it keeps queues and objects; absent: in memory. */
  keptIn?: string | undefined;
  /** Called for every object that was made, however it came. */
  onUpload: (upload: Upload) => Promise<void> | void;
  /** JSON 1.1 services on the same address. */
  answer: (target: string, body: string) => Answer | undefined;
  /** Called for every request, once it is answered. */
  onRequest?: ((request: AwsRequest) => void) | undefined;
  allowOrigins?: readonly string[] | undefined;
  /** What pages of other origins may do with objects. */
  cors?: ReturnType<typeof bucketCors> | undefined;
};

/** S3 and SQS (fauxqs), with what it lacks: large objects, upload notifications, other AWS services. */
export async function startAwsEmulator({
  port,
  region,
  keptIn,
  onUpload,
  answer,
  onRequest,
  allowOrigins = [],
  cors,
}: Options) {
  const kept = keptIn === undefined ? undefined : await keptStores(keptIn);
  const app = buildApp({ logger: false, defaultRegion: region, ...(kept && { stores: kept.stores }) });
  refuseForeign(app.server, { allowOrigins });
  app.server.keepAliveTimeout = 0; // a client ends its idle connections itself: its next request is never cut off

  // fauxqs stops at 11 MiB, and takes a form for SNS even when it is an object (curl's default content type).
  app.removeContentTypeParser(['*', 'application/x-www-form-urlencoded']);
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_OBJECT_BYTES }, (_request, body, done) =>
    done(null, body),
  );

  app.addHook('onRequest', async (request, reply) => {
    const { status, headers = {} } = cors?.(request.method, request.headers) ?? {};
    reply.headers(headers);
    if (status !== undefined) return reply.status(status).send();
  });

  app.addHook('preHandler', async (request, reply) => {
    const target = request.headers['x-amz-target'];
    const { body } = request;
    if (request.url !== '/' || typeof target !== 'string') return;
    const result = answer(target, Buffer.isBuffer(body) ? body.toString('utf8') : JSON.stringify(body));
    if (result === undefined) return;
    return reply.status(result.status).type('application/x-amz-json-1.1').send(JSON.stringify(result.body));
  });

  // fauxqs takes an object for text when it has no bytes at all.
  app.addHook('preHandler', async (request) => {
    if (request.method === 'PUT' && request.body === undefined) request.body = Buffer.alloc(0);
  });

  // fauxqs serves a presigned object without the headers that its address asks for.
  app.addHook('preHandler', async (request, reply) => {
    const { searchParams } = new URL(request.url, 'http://local');
    const disposition = searchParams.get('response-content-disposition');
    if (request.method === 'GET' && disposition !== null) reply.header('content-disposition', disposition);
  });

  // Not onSend: fauxqs answers inside async handlers, which Fastify would answer again while such a hook waits.
  app.addHook('onResponse', async (request, reply) => {
    const { method, url, headers: sent, body } = request;
    const made = { method, url, headers: sent, body, status: reply.statusCode };
    onRequest?.(made);
    const upload = uploadOf(made);
    if (upload === undefined) return;
    const { statusCode, headers } = await app.inject({
      method: 'HEAD',
      url: `/${upload.bucket}/${encodeKey(upload.key)}`,
    });
    if (statusCode !== 200) return;
    await onUpload({
      ...upload,
      region,
      size: Number(headers['content-length'] ?? 0),
      eTag: String(headers.etag ?? '').replaceAll('"', ''),
      sourceIp: request.ip,
      requestId: request.id,
    });
  });

  await app.listen({ port, host: HOST });
  const address = app.server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return { port: actual, url: `http://${HOST}:${actual}`, close: () => app.close().finally(() => kept?.close()) };
}

/** Which of S3's four ways to make an object this successful request was, if any. */
function uploadOf({ method, url, headers, body, status }: AwsRequest) {
  if (status < 200 || status > 303 || (method !== 'PUT' && method !== 'POST')) return undefined;
  const { pathname, searchParams } = new URL(url, 'http://local');
  const [, bucket = '', ...rest] = pathname.split('/').map(decodeURIComponent);
  const key = rest.join('/');
  if (method === 'PUT' && key !== '' && !searchParams.has('partNumber')) {
    const event = headers['x-amz-copy-source'] === undefined ? 'ObjectCreated:Put' : 'ObjectCreated:Copy';
    return { bucket, key, event } as const;
  }
  if (method === 'POST' && searchParams.has('uploadId')) {
    return { bucket, key, event: 'ObjectCreated:CompleteMultipartUpload' } as const;
  }
  if (
    method === 'POST' &&
    key === '' &&
    Buffer.isBuffer(body) &&
    /^multipart\/form-data/i.test(String(headers['content-type']))
  ) {
    const text = body.subarray(0, 64 * 1024).toString('utf8');
    const named = /name="key"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]*)\r\n/.exec(text)?.[1] ?? '';
    const file = /filename="(?:[^"]*[\\/])?([^"]*)"/.exec(text)?.[1] ?? '';
    return { bucket, key: named.replaceAll(`\${filename}`, file), event: 'ObjectCreated:Post' } as const;
  }
  return undefined;
}

function encodeKey(key: string) {
  return key.split('/').map(encodeURIComponent).join('/');
}
