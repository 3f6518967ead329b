import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLimitTable } from '../../lib/aws/tables/limit-table.ts';
import { createLaneTable } from '../../lib/aws/tables/messages/lane-table.ts';
import { createMeterTable } from '../../lib/aws/tables/meter-table.ts';
import { requeueStuck } from '../../lib/messages/deliver/requeue-stuck.ts';
import { usageOf } from '../../lib/messages/limits/usage.ts';
import { listMessages } from '../../lib/messages/list-messages.ts';
import { planFor } from '../../lib/messages/render/plan.ts';
import { getMessage } from '../../lib/messages/view.ts';
import { access } from '../support/access.ts';
import { countUnits } from '../support/counted-units.ts';
import { DESTINATIONS, deliveryWorld } from '../support/delivery-world.ts';
import { storeMany } from '../support/messages.ts';
import { startMessageTable, startTables } from '../support/tables.ts';

/** With as many records as a full run has. */
const LONG = { timeout: 3_600_000 };

let tables: Awaited<ReturnType<typeof startTables>>;
let units: ReturnType<typeof countUnits>;
beforeAll(async () => {
  tables = await startTables('limits');
  for (const name of ['messages', 'listed', 'slow']) await startMessageTable(tables.client, name);
  units = countUnits(tables.client);
});
afterAll(() => tables.close());

const world = (table: string) => deliveryWorld(tables.client, table);

test('a message in a batch of ten takes 5.5 write units at most, its rows of lists included', async () => {
  const { accept, deliver } = world('messages');
  units.take();
  for (let batch = 0; batch < 2; batch += 1) {
    for (let n = 0; n < 10; n += 1) await accept('project', { kind: 'text', text: `line ${n}` });
    await deliver();
  }
  const each = units.take().writes / 20;
  console.log(`message in tens: ${each} write units`);
  expect(each).toBeLessThanOrEqual(5.5);
});

test('a work notification of 186 kB takes 500 write units at most', async () => {
  const { accept, deliver, queue, sent } = world('messages');
  const content = { kind: 'text' as const, text: '字'.repeat(62_000) };
  const notice = DESTINATIONS.notice;
  const calls = notice ? planFor(notice, content).length : 0;
  units.take();
  await accept('notice', content);
  while (queue.length > 0) await deliver();
  const { writes } = units.take();
  console.log(`186 kB in ${calls} calls: ${writes} write units`);
  expect(calls).toBeGreaterThan(90);
  expect(sent()).toBe(calls);
  expect(writes).toBeLessThanOrEqual(500);
});

test('among many messages each page of each list takes three reads at most', LONG, async () => {
  const { deps } = world('listed');
  const many = Number(process.env.STORED ?? 400);
  const ids = await storeMany(deps.messages, many, Date.parse('2026-03-01T10:00:00Z'));
  const lists = [
    {},
    { to: 'to7' },
    { owner: 'key:2' },
    { status: 'failed' as const },
    { to: 'to7', status: 'failed' as const },
  ];
  for (const list of [...lists, { day: '2026-03-01' }, { to: 'to7', day: '2026-03-01' }]) {
    units.take();
    const page = await listMessages({ ...deps, keepDays: 90 }, { ...list, limit: 50 }, access());
    const { reads } = units.take();
    console.log(`${JSON.stringify(list)} of ${many}: ${page.messages.length} messages in ${reads} reads`);
    expect(page.messages.length).toBeGreaterThan(0);
    expect(reads).toBeLessThanOrEqual(3);
  }
  // what the console asks for each view of messages
  const listed = (list: object) => listMessages({ ...deps, keepDays: 90 }, list, access());
  const ofUsage = { months: createMeterTable(tables.client, 'limits', deps.now), quotas: deps.policy.quotas };
  const slots = { next: createLimitTable(tables.client, 'limits', deps.now, Math.random).next };
  const views = {
    today: () =>
      Promise.all([
        listed({ status: 'failed', limit: 5 }),
        listed({ status: 'queued', limit: 5 }),
        listed({ limit: 10, day: '2026-03-01' }),
      ]),
    'all that failed': () => listed({ status: 'failed' }),
    'a story': () => getMessage({ ...deps, slots }, ids.at(-1) ?? '', access({ destinations: ['*'] })),
    'quota and limits': () => usageOf({ ...deps, ...ofUsage, slots }),
  };
  for (const [view, ask] of Object.entries(views)) {
    units.take();
    await ask();
    const { reads } = units.take();
    console.log(`${view} on the console of ${many}: ${reads} reads`);
    expect([view, reads <= 5]).toEqual([view, true]);
  }
});

test('what waits for a slow robot is in the queue once, and a look at it writes nothing', LONG, async () => {
  const many = Number(process.env.WAITING ?? 60);
  const { deps, accept, deliver, queue, wait } = world('slow');
  const lanes = createLaneTable(tables.client, 'slow');
  const look = () => requeueStuck({ ...deps, lanes });
  for (let n = 0; n < many; n += 1) await accept('project', { kind: 'text', text: `alert ${n}` });
  wait(16 * 60_000);
  await deliver(1); // the first one tells that the lane is slow
  await look();
  expect(queue).toHaveLength(many - 1);
  units.take();
  for (let looks = 0; looks < 3; looks += 1) {
    wait(60_000);
    await look();
  }
  const { writes } = units.take();
  console.log(`three looks at ${many} that wait: ${writes} write units`);
  // how far it has looked, three times two
  expect(writes).toBeLessThanOrEqual(12);
  expect(queue).toHaveLength(many - 1);
  // one that the queue has lost is found, once and alone
  const lost = queue.splice(10, 1).map(({ message: _, ...item }) => item);
  while (queue.length > 0) await deliver();
  wait(30 * 60_000);
  await look();
  await look();
  expect(queue).toEqual(lost);
});
