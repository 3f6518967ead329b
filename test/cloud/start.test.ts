import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Packaged, packageFunctions } from '../../bench/packaged.ts';
import { startFunction } from '../../bench/process.ts';
import { readTemplate } from '../../local/template/template.ts';
import { httpEvent, sqsEvent } from '../support/events.ts';

// The packaged functions while a service that they start with is down: nothing is lost, callers are told when to come
// back, records come back soon, and an alarm hears of it.

type Weather = Partial<Record<'secretsmanager' | 'DynamoDB_20120810' | 'AmazonSQS', [status: number, type: string]>>;
let weather: Weather = {};
const hidden: { seconds: number }[] = [];

/** AWS as far as a start asks for it: each service by its target says what the weather is, or that all is well. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const [service = '', operation = ''] = String(request.headers['x-amz-target']).split('.');
  const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
  const [status, type] = weather[service as keyof Weather] ?? [200, ''];
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  if (status !== 200) return void response.end(JSON.stringify({ __type: type, message: 'weather' }));
  if (operation === 'ChangeMessageVisibility') hidden.push({ seconds: body.VisibilityTimeout });
  if (operation === 'ChangeMessageVisibilityBatch')
    for (const each of body.Entries) hidden.push({ seconds: each.VisibilityTimeout });
  const app = { name: 'default', corpId: 'c', appKey: 'k', appSecret: 's', agentId: 1, callbacks: [], cardSecrets: [] };
  const secret = JSON.stringify(
    /keys$/.test(String(body.SecretId)) ? { sealingKey: '0123456789abcdef' } : { apps: [app] },
  );
  response.end(JSON.stringify(operation === 'GetSecretValue' ? { SecretString: secret } : {}));
}

const server = createServer((request, response) => void answer(request, response));
const folder = mkdtempSync(join(tmpdir(), 'dingdock-start-'));
let functions: Packaged;
let environment: Record<string, string>;
const running: ReturnType<typeof startFunction>[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const params = { publicUrl: url, apiUrl: url, oapiUrl: url };
  const template = readTemplate('serverless.yml', { stage: 'local', queuesUrl: url, params });
  functions = await packageFunctions(folder, template);
  const services = ['DYNAMODB', 'S3', 'SQS', 'SECRETS_MANAGER', 'EVENTBRIDGE'];
  environment = {
    ...Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, url])),
    ...template.environment,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
  };
});
afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()));
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

/** A fresh instance of a function with one event, as after a deployment. */
async function once(name: string, event: object) {
  const one = startFunction(functions.get(name)?.file ?? '', environment);
  running.push(one);
  const { answer: said, error } = await one.call(event);
  // its lines come by a pipe of their own
  if (error === undefined) await expect.poll(() => one.log()).toContain('CloudWatchMetrics');
  return { said: Object(said), error, log: one.log() };
}

const SECRETS_DOWN: Weather = { secretsmanager: [500, 'InternalServiceError'] };
const SECRETS_GONE: Weather = { secretsmanager: [400, 'ResourceNotFoundException'] };
const TABLES_THROTTLE: Weather = { DynamoDB_20120810: [400, 'ThrottlingException'] };

const authorized = { headers: { authorization: 'Bearer dd_x', 'content-type': 'application/json' } };
const message = httpEvent('POST /messages', { ...authorized, body: '{"to":"ops","text":"x"}' });

test.each<[string, string, object, Weather]>([
  ['send-message', 'tables that throttle', message, TABLES_THROTTLE],
  [
    'open-link',
    'a secret that cannot be read',
    httpEvent('GET /f/{id}', { pathParameters: { id: 'x' } }),
    SECRETS_DOWN,
  ],
  [
    'receive-callback',
    'a secret that cannot be read',
    httpEvent('POST /dingtalk/events', { body: '{"encrypt":"x"}' }),
    SECRETS_DOWN,
  ],
])('%s answers 503 over %s, and it is counted', async (name, _, event, now) => {
  weather = now;
  const { said, error, log } = await once(name, event);
  expect([error, said.statusCode]).toEqual([undefined, 503]);
  if (name !== 'receive-callback') expect(said.headers['retry-after']).toMatch(/^\d+$/);
  expect(log.match(/"CloudWatchMetrics"/g)?.length).toBeGreaterThanOrEqual(1);
});

test('health asks for nothing that could be down', async () => {
  weather = { ...SECRETS_DOWN, ...TABLES_THROTTLE, AmazonSQS: [403, 'AccessDenied'] };
  const one = startFunction(functions.get('describe-api')?.file ?? '', environment);
  running.push(one);
  const { answer: said } = await one.call(httpEvent('GET /health'));
  expect(Object(said).statusCode).toBe(200);
});

const WORKERS: [name: string, group?: string][] = [
  ['deliver-message', 'ops'],
  ['follow-task', 't_1'],
  ['handle-event'],
  ['share-file'],
  ['fetch-file'],
];

test.each(WORKERS)('%s gives its records back soon while its secret cannot be read', async (name, group) => {
  for (const now of [SECRETS_DOWN, SECRETS_GONE]) {
    weather = now;
    hidden.length = 0;
    const event = sqsEvent([{ id: 'r1', body: '{}', ...(group !== undefined && { group }) }]);
    for (const record of event.Records) record.attributes.SentTimestamp = String(Date.now());
    const { said, error, log } = await once(name, event);
    expect([error, said.batchItemFailures]).toEqual([undefined, [{ itemIdentifier: 'r1' }]]);
    expect(hidden.length).toBeGreaterThanOrEqual(1);
    expect(hidden.at(-1)?.seconds).toBeLessThanOrEqual(60);
    expect(log).toContain('start-failed');
    expect(log.match(/"CloudWatchMetrics"/g)?.length).toBe(1);
  }
});

test('a worker whose queue refuses too leaves its records to the queue', async () => {
  weather = { ...SECRETS_DOWN, AmazonSQS: [403, 'AccessDenied'] };
  const { said, error } = await once('share-file', sqsEvent([{ id: 'r1', body: '{}' }]));
  expect([error, said.batchItemFailures]).toEqual([undefined, [{ itemIdentifier: 'r1' }]]);
});

test.each(['reconcile', 'chase-tasks'])(
  'a run of %s fails loudly, so that it is tried again and counted',
  async (name) => {
    weather = SECRETS_DOWN;
    expect((await once(name, {})).error).toBeDefined();
  },
);
