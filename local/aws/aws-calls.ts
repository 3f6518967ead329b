import * as v from 'valibot';
import { parseJson } from '../../lib/base/json.ts';
import { ACCOUNT } from '../template/references.ts';

/** A call to AWS as an IAM role has to allow it; `caller` is the access key that signed it: a function's name. */
export type AwsCall = { caller: string; action: string; resource: string };

export type AwsRequest = {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
  status: number;
};

/** AWS grants a batch as its single call. */
const SINGLE: Record<string, string> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

const Body = v.object({
  TableName: v.optional(v.string()),
  /** Of a batch: its tables. */
  RequestItems: v.optional(v.record(v.string(), v.unknown())),
  IndexName: v.optional(v.string()),
  QueueUrl: v.optional(v.string()),
  SecretId: v.optional(v.string()),
  Entries: v.optional(v.array(v.object({ EventBusName: v.optional(v.string(), 'default') })), []),
});

/** What a request to one of the emulators would need from IAM; nothing when nobody signed it. */
export function awsCallsOf(request: AwsRequest, region: string): AwsCall[] {
  const { pathname, searchParams } = new URL(request.url, 'http://local');
  const signature = String(request.headers.authorization ?? '');
  const credential =
    /Credential=([^/,]+)\//.exec(signature)?.[1] ?? searchParams.get('X-Amz-Credential')?.split('/')[0];
  if (credential === undefined) return [];
  const target = request.headers['x-amz-target'];
  const needs =
    typeof target === 'string'
      ? needsOfTarget(target, request.body, region)
      : needsOfObject(request, pathname, searchParams);
  return needs.map(([action, resource]) => ({ caller: credential, action, resource }));
}

type Need = readonly [action: string, resource: string];

/** Services whose calls are named in a header: DynamoDB, SQS, Secrets Manager, EventBridge, Step Functions. */
function needsOfTarget(target: string, given: unknown, region: string): Need[] {
  const body = bodyOf(given);
  if (body === undefined) return [];
  const [service = '', operation = ''] = target.split('.');
  const name = SINGLE[operation] ?? operation;
  const arn = (of: string, rest: string) => `arn:aws:${of}:${region}:${ACCOUNT}:${rest}`;
  if (service.startsWith('DynamoDB_')) {
    const index = body.IndexName === undefined ? '' : `/index/${body.IndexName}`;
    const tables = body.RequestItems === undefined ? [`${body.TableName}${index}`] : Object.keys(body.RequestItems);
    return tables.map((table) => [`dynamodb:${name}`, arn('dynamodb', `table/${table}`)]);
  }
  if (service === 'AmazonSQS') return [[`sqs:${name}`, arn('sqs', body.QueueUrl?.split('/').at(-1) ?? '')]];
  if (service === 'secretsmanager') {
    // the emulator's own six characters
    return [[`secretsmanager:${name}`, arn('secretsmanager', `secret:${body.SecretId}-local0`)]];
  }
  if (service === 'AWSStepFunctions') return [[`states:${name}`, '*']];
  if (service !== 'AWSEvents') return [];
  return body.Entries.map(({ EventBusName }) => [`events:${name}`, arn('events', `event-bus/${EventBusName}`)]);
}

/** S3: method and path say what it is. The steps of a multipart upload are one put. */
function needsOfObject({ method, status }: AwsRequest, pathname: string, query: URLSearchParams): Need[] {
  const [, bucket = '', ...key] = decodeURIComponent(pathname).split('/');
  const whole = `arn:aws:s3:::${bucket}`;
  if (key.join('') === '') return method === 'GET' ? [['s3:ListBucket', whole]] : [];
  const object = `${whole}/${key.join('/')}`;
  if (method === 'PUT' || method === 'POST') return [['s3:PutObject', object]];
  if (method === 'DELETE') return [[query.has('uploadId') ? 's3:AbortMultipartUpload' : 's3:DeleteObject', object]];
  const read: Need = [query.has('versionId') ? 's3:GetObjectVersion' : 's3:GetObject', object];
  // Who may not list a bucket is told that a missing object is forbidden.
  return status === 404 ? [read, ['s3:ListBucket', whole]] : [read];
}

/** Undefined for what was cut off on its way: nothing came of it. */
function bodyOf(body: unknown): v.InferOutput<typeof Body> | undefined {
  const parsed = v.safeParse(Body, typeof body === 'string' || Buffer.isBuffer(body) ? parseJson(String(body)) : body);
  return parsed.success ? parsed.output : undefined;
}
