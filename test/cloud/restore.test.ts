import { DeleteItemCommand, DescribeTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { namedResources } from '../../deploy/named.ts';
import { runCli } from '../support/cli.ts';
import { startTestStack } from '../support/stack.ts';
import { newAccount } from './world.ts';

// The tables of a running stage are emptied behind its back, and brought back while it goes on.

let stack: Awaited<ReturnType<typeof startTestStack>>;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  await newAccount();
  dynamodb = new DynamoDBClient({ endpoint: inject('aws'), region: 'us-east-1', credentials });
  stack = await startTestStack({ dynamodbUrl: inject('aws') });
});
afterAll(() => stack?.stop());

async function api(method: string, path: string, body?: object) {
  const headers = { authorization: 'Bearer local', 'content-type': 'application/json', prefer: 'wait=20' };
  const answer = await fetch(`${stack.urls.api}${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

const restore = (...words: string[]) =>
  runCli({ AWS_ENDPOINT_URL_DYNAMODB: inject('aws') }, ['restore', ...words, '--json']);

const KEPT = ['messages', 'tasks', 'destinations', 'keys'];

/** Deletes every item of a table, as a wrong script would. */
async function empty(part: string): Promise<number> {
  const { name = '', keys = [] } = namedResources('local').find((each) => each.name.endsWith(`-${part}`)) ?? {};
  let gone = 0;
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: name }))
    for (const item of Items) {
      const Key = Object.fromEntries(keys.map((key) => [key, item[key] ?? { S: '' }]));
      await dynamodb.send(new DeleteItemCommand({ TableName: name, Key }));
      gone += 1;
    }
  return gone;
}

test('every message and task is readable again, and sending goes on', async () => {
  const sent = [];
  for (let index = 0; index < 5; index++)
    sent.push(await api('POST', '/messages', { to: 'ops', text: `before ${index}` }));
  const messages = sent.map(({ body }) => body.id);
  const task = await api('POST', '/tasks', { title: '写周报', assignees: ['lisi'], notify: ['project'] });
  expect([sent.map(({ status }) => status < 300), task.status < 300]).toEqual([[true, true, true, true, true], true]);

  // AWS restores to an earlier second; this AWS restores what there is: so the state is taken before the accident
  const made = await restore('--step', 'make', '--tables', KEPT.join(','));
  expect([made.code, made.json.error]).toEqual([0, undefined]);
  for (const part of KEPT) expect([part, (await empty(part)) > 0]).toEqual([part, true]);
  expect((await restore('--step', 'copy', '--tables', KEPT.join(','))).json.error.code).toBe('not_agreed');
  const copied = await restore('--step', 'copy', '--yes', '--tables', KEPT.join(','));
  expect([copied.code, copied.json.error]).toEqual([0, undefined]);

  for (const id of messages) expect((await api('GET', `/messages/${id}`)).body).toMatchObject({ id, status: 'sent' });
  expect((await api('GET', `/tasks/${task.body.id}`)).body).toMatchObject({ id: task.body.id, title: '写周报' });
  const after = await api('POST', '/messages', { to: 'ops', text: 'after' });
  expect(after.body.status).toBe('sent');

  // once more: what is there stays, and what came since too
  const again = await restore('--step', 'copy', '--yes', '--tables', 'messages');
  expect(again.json.copied.messages.put).toBe(0);
  expect((await api('GET', `/messages/${after.body.id}`)).body.status).toBe('sent');
  expect((await restore('--step', 'drop', '--tables', KEPT.join(','))).code).toBe(0);
  const gone = dynamodb.send(new DescribeTableCommand({ TableName: 'dingdock-local-messages-restored' }));
  await expect(gone).rejects.toThrow('not found');
});

test('a table that is gone and has no backup is told, and so is one that does not exist', async () => {
  expect((await restore('--tables', 'massages')).json.error).toMatchObject({ code: 'unknown_table' });
  expect((await restore('--step', 'mend')).code).toBe(2);
  expect((await restore('--to', 'yesterday')).code).toBe(2);
});
