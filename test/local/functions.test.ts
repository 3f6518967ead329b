import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureReader } from '../../local/function-log.ts';
import { LocalProblem } from '../../stage/local-ports.ts';
import { startTestStack } from '../support/stack.ts';
import { clientOf } from './emulator.ts';

const AUTHORIZED = { authorization: 'Bearer local' };

let root: string;
let stack: Awaited<ReturnType<typeof startTestStack>>;

/** The fixture as a project of its own. */
function fixture() {
  const folder = mkdtempSync(join(tmpdir(), 'dingdock-fixture-'));
  cpSync('test/local/fixture', folder, { recursive: true });
  symlinkSync(resolve('local'), join(folder, 'local'));
  return folder;
}

beforeAll(async () => {
  root = fixture();
  stack = await startTestStack({ root, watch: true });
});
afterAll(async () => {
  await stack?.stop();
  rmSync(root, { recursive: true });
});

const post = (path: string, headers: Record<string, string>, body: string | Buffer = '{}') =>
  fetch(`${stack.urls.api}${path}`, { method: 'POST', headers, body });

const worked = () =>
  stack.log
    .filter((line) => line.includes('"worked"'))
    .map((line): { body: string; count: string } => JSON.parse(line));

async function send(body: string) {
  const sqs = new SQSClient(clientOf(stack.urls.aws));
  await sqs.send(new SendMessageCommand({ QueueUrl: stack.environment.WORK_QUEUE_URL, MessageBody: body }));
  sqs.destroy();
}

test('asks the authoriser as API Gateway does', async () => {
  const refused = async (headers: Record<string, string>) => {
    const response = await post('/echo', headers);
    return [response.status, await response.text()];
  };
  expect(await refused({})).toEqual([401, '{"message":"Unauthorized"}']);
  expect(await refused({ authorization: 'Bearer wrong' })).toEqual([403, '{"message":"Forbidden"}']);
  const { event } = JSON.parse(await (await post('/echo', AUTHORIZED)).text());
  expect(event.requestContext.authorizer.lambda).toEqual({ caller: '本地' });
});

test('hands a JSON body over as it was sent', async () => {
  const body = '{ "text" : "你好\\n",\n "n": 1.0 }';
  const { event } = JSON.parse(
    await (await post('/open/a%20b?q=%E4%BD%A0', { 'content-type': 'application/json' }, body)).text(),
  );
  expect(event).toMatchObject({
    body,
    isBase64Encoded: false,
    routeKey: 'POST /open/{id}',
    queryStringParameters: { q: '你' },
  });
});

test('answers for a function that failed without telling why', async () => {
  const response = await fetch(`${stack.urls.api}/failure`);
  expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
});

test('answers for a function that died, and runs another for the next request', async () => {
  const response = await fetch(`${stack.urls.api}/death`);
  expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  expect((await fetch(`${stack.urls.api}/health`)).status).toBe(200);
});

test('hands bytes back as they were meant', async () => {
  const response = await fetch(`${stack.urls.api}/binary`);
  expect(response.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255, 1, 254, 10]));
});

test('gives the functions the emulators and nothing of the real AWS', async () => {
  const { env } = JSON.parse(await (await post('/open/x', {})).text());
  expect(env).toMatchObject({
    WORK_QUEUE_URL: `${stack.urls.aws}/000000000000/fixture-work`,
    BUCKET_ARN: 'arn:aws:s3:::uploads',
    KEYS_TABLE: 'fixture-keys',
    AWS_ENDPOINT_URL_S3: stack.urls.aws,
    AWS_ENDPOINT_URL_SQS: stack.urls.aws,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: stack.urls.aws,
    AWS_ENDPOINT_URL_EVENTBRIDGE: stack.urls.aws,
    AWS_ENDPOINT_URL_DYNAMODB: stack.urls.dynamodb,
    AWS_ACCESS_KEY_ID: process.env.AWS_ENDPOINT_URL_DYNAMODB === undefined ? 'echo' : 'local',
    AWS_REGION: 'us-east-1',
  });
  expect(env).not.toHaveProperty('AWS_PROFILE');
  expect(env).not.toHaveProperty('HOME');
});

test('takes an upload to the function that waits for it, and honours its partial failure', async () => {
  const upload = await fetch(`${stack.urls.aws}/uploads/share/ops/a.txt`, { method: 'PUT', body: 'x' });
  expect(upload.status).toBe(200);
  await fetch(`${stack.urls.aws}/uploads/inbox/b.txt`, { method: 'PUT', body: 'not under share/' });
  // two workers: their lines come in any order
  await expect
    .poll(() =>
      worked()
        .map(({ count }) => count)
        .sort(),
    )
    .toEqual(['1', '2']);
  expect(JSON.parse(worked()[0]!.body).Records[0].s3.object.key).toBe('share/ops/a.txt');
});

test('tries again after a function error, and shows it as one line', async () => {
  const before = stack.log.length;
  await send('boom');
  await expect.poll(() => worked().filter(({ body }) => body === 'boom').length).toBeGreaterThan(1);
  const failures = stack.log
    .slice(before)
    .map(failureReader())
    .filter((line) => line !== undefined);
  expect(failures[0]).toBe('work: Error: boom');
});

test('takes up a changed function', async () => {
  const changed = `export const handler = async () => ({ statusCode: 200, body: '新' });\n`;
  writeFileSync(join(root, 'functions', 'echo.ts'), changed);
  const text = async () => (await fetch(`${stack.urls.api}/health`)).text();
  await expect.poll(() => text()).toBe('新');
});

test('says what is wrong with a function that cannot be bundled, and leaves nothing running', async () => {
  const broken = fixture();
  writeFileSync(join(broken, 'functions', 'work.ts'), `import './nowhere.ts';\n`);
  try {
    const started = startTestStack({ root: broken });
    await expect(started).rejects.toThrow(LocalProblem);
    await expect(started).rejects.toThrow(/functions\/work\.ts:1:7[\s\S]*nowhere/);
  } finally {
    rmSync(broken, { recursive: true });
  }
});
