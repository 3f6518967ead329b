import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, expect, test } from 'vitest';
import { createDynamodb } from '../../../lib/aws/dynamodb.ts';
import { createJsonCall } from '../../../lib/aws/json-call.ts';
import { tellOutages } from '../../../lib/aws/outage.ts';
import { writeItems } from '../../../lib/aws/tables/item.ts';
import { isGivenUp } from '../../../lib/lambda/patience.ts';
import { problemOf } from '../../../lib/lambda/problem.ts';
import { type Answer, type Server, startServer } from '../dingtalk/server.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
const COMMON = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 };
const answer = (status: number, name: string): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: { __type: `com.amazonaws.dynamodb#${name}`, message: 'x' },
});

/** How a read of an item fails with a service that answers so. */
async function failure(given: Answer): Promise<unknown> {
  const server = await startServer(() => given);
  servers.push(server);
  const call = createJsonCall({
    url: server.url,
    service: 'dynamodb',
    region: 'us-east-1',
    timeoutMs: 60_000,
    attempts: 1,
  });
  const client = createDynamodb(call);
  const get = client.send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'x' } } }));
  return get.then(
    () => undefined,
    (error) => error,
  );
}

test.each([
  ['no answer', 'cut' as const],
  ['a fault of its own', answer(500, 'InternalServerError')],
  ['that it is down', answer(503, 'ServiceUnavailable')],
  ['that it has too much to do', answer(400, 'ThrottlingException')],
  ['that the table has', answer(400, 'ProvisionedThroughputExceededException')],
])('a table that answers %s is an outage, which a caller may ask again after', async (_, given) => {
  const error = await failure(given);
  expect(error).toMatchObject({ name: 'ServiceError', code: 'dynamodb_unavailable', retryable: true });
  expect(problemOf(error)).toMatchObject({ status: 503, code: 'dynamodb_unavailable' });
});

test.each(['ConditionalCheckFailedException', 'ValidationException', 'AccessDeniedException'])(
  'the answer %s stays as it is',
  async (name) => {
    const error = await failure(answer(400, name));
    expect(error).toMatchObject({ name, message: 'x' });
    // what an operator has to mend is waited for; a request that will never be a right one is not
    expect(isGivenUp(error, { receives: 3, ageMs: 0 })).toBe(name === 'ValidationException');
  },
);

test('so it is with objects: one that is not there is an answer', async () => {
  for (const [status, code] of [
    [503, 's3_unavailable'],
    [404, undefined],
  ] as const) {
    const server = await startServer(() => ({ status, body: '' }));
    servers.push(server);
    const client = tellOutages(new S3Client({ ...COMMON, endpoint: server.url, forcePathStyle: true }));
    const error = await client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' })).catch((cause: unknown) => cause);
    expect(Object(error).code).toBe(code);
  }
});

/** Writes two items into a table that answers so, one answer after the other, the last one for ever; and how often it was asked. */
async function written(answers: Answer[]) {
  let asked = 0;
  const server = await startServer(() => {
    asked += 1;
    return answers[Math.min(asked, answers.length) - 1] ?? 'cut';
  });
  servers.push(server);
  const call = createJsonCall({
    url: server.url,
    service: 'dynamodb',
    region: 'us-east-1',
    timeoutMs: 60_000,
    attempts: 1,
  });
  const writes = ['a', 'b'].map((id) => ({ DeleteRequest: { Key: { id: { S: id } } } }));
  const error = await writeItems(createDynamodb(call), 't', writes).catch((cause: unknown) => cause);
  return { error, asked };
}

const undone = (left: number): Answer => {
  const Key = { id: { S: 'b' } };
  return { status: 200, body: { UnprocessedItems: left === 0 ? {} : { t: [{ DeleteRequest: { Key } }] } } };
};

test('what a table leaves undone of several writes is written again, and is an outage when it stays undone', async () => {
  expect(await written([undone(1), undone(0)])).toEqual({ error: undefined, asked: 2 });
  expect(await written([undone(1)])).toMatchObject({
    error: { code: 'dynamodb_unavailable', retryable: true },
    asked: 5,
  });
});

test('an outage of the table is told after the tries of its call, and not tried by each write once more', async () => {
  expect(await written(['cut'])).toMatchObject({ error: { code: 'dynamodb_unavailable', retryable: true }, asked: 1 });
});
