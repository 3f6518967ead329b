import { once } from 'node:events';
import { connect } from 'node:net';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { startTables } from '../support/tables.ts';

test('closing waits for what is in work, also for clients that have gone', async () => {
  const tables = await startTables('things');
  const leave = new AbortController();
  const put = (n: number) =>
    tables.client.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: `${n}` } } }), {
      abortSignal: leave.signal,
    });
  await put(0);
  const puts = Array.from({ length: 200 }, (_, n) => put(n));
  const settled = Promise.allSettled(puts);
  await Promise.race(puts); // by now others are in the database
  leave.abort();
  await tables.close(); // an operation on the closed database would be an unhandled error of this run
  const outcomes = (await settled).map(({ status }) => status);
  expect(outcomes).toContain('fulfilled');
  expect(outcomes).toContain('rejected');
});

test('a client that goes half-way through its request disturbs nobody', async () => {
  const tables = await startTables('things');
  const { hostname, port } = new URL(tables.url);
  const client = connect(Number(port), hostname);
  client.write('POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 100\r\n\r\n{');
  await once(client, 'ready');
  const put = () => tables.client.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: 'whole' } } }));
  await put(); // by then the server has begun to read the other
  client.destroy();
  await once(client, 'close');
  await expect(put()).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  await tables.close();
});
