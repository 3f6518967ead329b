import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLimitTable } from '../../../lib/aws/tables/limit-table.ts';
import type { Destination } from '../../../lib/messages/destination.ts';
import { limitsOf } from '../../../lib/messages/limits/pace.ts';
import { waitsOf } from '../../../lib/messages/waits-for.ts';
import { countUnits } from '../../support/counted-units.ts';
import { delivery, message } from '../../support/messages.ts';
import { startTables } from '../../support/tables.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const ROBOTS: Destination[] = ['one', 'two'].map((accessToken) => ({ kind: 'custom-robot', accessToken }));
const DESTINATIONS: Record<string, Destination> = {
  pool: { kind: 'custom-robot-pool', robots: [{ accessToken: 'one' }, { accessToken: 'two' }] },
  group: { kind: 'robot-group', openConversationId: 'cid' },
};

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables('limits');
});
afterAll(() => tables.close());

test('a pool waits for the robot that is free first, and for nothing while one is; all limits are one read', async () => {
  const slots = createLimitTable(tables.client, 'limits', () => NOW, Math.random);
  const destinations = { get: async (name: string) => DESTINATIONS[name] };
  const waits = () =>
    waitsOf({ destinations, slots, now: () => NOW }, message({ deliveries: { pool: delivery(), group: delivery() } }));
  const [one = '', two = ''] = ROBOTS.map((robot) => limitsOf(robot)[0]?.target);
  await slots.block(two, NOW + 60_000);
  expect(await waits()).toEqual({});
  await slots.block(one, NOW + 30_000);
  const units = countUnits(tables.client);
  expect(await waits()).toEqual({ pool: { for: 'pause', until: '2026-01-01T00:01:30.000Z' } });
  expect(units.take().reads).toBe(1);
});
