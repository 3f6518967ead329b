import { randomBytes } from 'node:crypto';
import { startSimulator } from 'dingtalk-simulator';
import { expect, test } from 'vitest';
import { shareFile } from '../../lib/files/share/share-file.ts';
import { countingCalls } from '../../lib/messages/limits/quota.ts';
import { dispatchTask } from '../../lib/tasks/dispatch-task.ts';
import { EVERYTHING } from '../support/access.ts';
import { countUnits } from '../support/counted-units.ts';
import { deliveryWorld } from '../support/delivery-world.ts';
import { notification } from '../support/files.ts';
import { startS3 } from '../support/s3-on-a-bad-day.ts';
import { shareDeps } from '../support/share-world.ts';
import { startMessageTable, startShareTable, startTables } from '../support/tables.ts';
import { startTaskWorld } from '../support/task-world.ts';

// What the acts write, as DynamoDB charges it; messages are in units.test.ts.

const TASK = {
  ...{ title: '看一下新版本的告警', assignees: ['zhangsan', 'lisi', 'wangwu'] },
  ...{ completion: 'all' as const, tell: 'outcome' as const, partial: false },
};

test('a task for three takes 16 write units at most, until its group has the message', async () => {
  const world = await startTaskWorld();
  const { deps, client, outbox } = world.ports({ count: (call) => delivery.deps.meter.count(call) });
  const delivery = deliveryWorld(client, 'messages');
  const dispatch = (n: number) =>
    countingCalls(dispatchTask)(
      { ...delivery.deps, ...deps },
      { access: EVERYTHING, idempotencyKey: `units-${n}`, body: { ...TASK, notify: ['project'] } },
    );
  await dispatch(1); // people are looked up once a day
  delivery.queue.push(...outbox.splice(0));
  await delivery.deliver();
  const units = countUnits(client);
  const { status } = await dispatch(2);
  const kept = units.take().writes;
  delivery.queue.push(...outbox.splice(0));
  await delivery.deliver();
  const sent = units.take().writes;
  console.log(`task for three: ${kept} write units until its message is queued, ${sent} until it is sent`);
  expect([status, delivery.sent()]).toEqual([201, 2]);
  expect(kept + sent).toBeLessThanOrEqual(16);
  await world.close();
});

// DynamoDB Local counts what the index by-due takes too, which the emulator leaves out
test('a task for three that is told to nobody else and is due takes 9 write units at most, its index included', async () => {
  const world = await startTaskWorld();
  const { deps, client } = world.ports();
  const body = { ...TASK, due: '2035-01-01T00:00:00Z' };
  const dispatch = (n: number) => dispatchTask(deps, { access: EVERYTHING, idempotencyKey: `units-${n}`, body });
  await dispatch(1);
  const units = countUnits(client);
  const { status } = await dispatch(2);
  const { writes } = units.take();
  console.log(`task for three without a message: ${writes} write units`);
  expect(status).toBe(201);
  expect(writes).toBeLessThanOrEqual(process.env.DYNAMODB_OF_TESTS === undefined ? 8 : 9);
  await world.close();
});

test('a file takes 12 write units at most, until its message is queued', async () => {
  const tables = await startTables();
  await startShareTable(tables.client, 'shares');
  await startMessageTable(tables.client, 'messages');
  const simulator = await startSimulator({ port: 0 });
  const s3 = await startS3(randomBytes(10_000), []);
  const { accessKeyId } = tables.credentials;
  const world = { s3: s3.url, dynamodb: tables.url, simulator: simulator.url, accessKeyId };
  const { deps, tables: client, queued } = await shareDeps(world);
  const units = countUnits(client);
  await shareFile(deps, notification('uploads', 'share/project/a.bin', 'tag', 10_000));
  const { writes } = units.take();
  console.log(`file: ${writes} write units`);
  expect(queued).toHaveLength(1);
  expect(writes).toBeLessThanOrEqual(12);
  client.destroy();
  await s3.close();
  await simulator.close();
  await tables.close();
});
