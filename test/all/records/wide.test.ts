import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMessageTable } from '../../../lib/aws/tables/message-table.ts';
import { destinationFaults } from '../../../lib/messages/accept.ts';
import { isFinished } from '../../../lib/messages/message.ts';
import { delivery, message } from '../../support/messages.ts';
import { startWorkerBed } from '../../support/worker-bed.ts';

// As many people as one request may reach: 12 destinations of 1,000, with ids as short and as long as they are.
const NAMES = Array.from({ length: 12 }, (_, n) => `wide${n}`);
const peopleOf = (n: number) =>
  Array.from({ length: 1_000 }, (_, one) => `p${n}-${one}-`.padEnd(n % 2 === 0 ? 18 : 60, 'x'));
const PEOPLE_A_CALL = 20;
const KILLS = 10;

let bed: Awaited<ReturnType<typeof startWorkerBed>>;
beforeAll(async () => {
  bed = await startWorkerBed({ qps: 1_000 });
  for (const [n, name] of NAMES.entries()) {
    await bed.destinations.put(name, { kind: 'robot-users', userIds: peopleOf(n) });
  }
});
afterAll(() => bed.close());

const Call = v.object({ status: v.literal(200), body: v.object({ userIds: v.array(v.string()) }) });

/** How often each person was told. */
async function told(): Promise<Map<string, number>> {
  const answer = await fetch(`${bed.simulator.url}/_sim/calls?path=/v1.0/robot/oToMessages/batchSend`);
  const calls = v.parse(v.array(Call), await answer.json());
  const all = calls.flatMap(({ body }) => body.userIds);
  return new Map([...Map.groupBy(all, (userId) => userId)].map(([userId, times]) => [userId, times.length]));
}

const asked = { path: 'to', names: NAMES, content: { kind: 'text' as const, text: 'to all' } };

test('by default it is refused with what it would cost, and nobody is called', async () => {
  const most = { parts: 20, calls: 200 };
  const faults = await destinationFaults({ destinations: bed.destinations, most }, asked);
  expect(faults).toMatchObject([{ code: 'too_many_calls', calls: 600, most: 200 }]);
  const raised = { destinations: bed.destinations, most: { parts: 20, calls: 2_000 } };
  expect(await destinationFaults(raised, asked)).toEqual([]);
  expect((await told()).size).toBe(0);
});

test('everybody is told, and twice only who was in the hands of a worker that was killed', {
  timeout: 900_000,
}, async () => {
  const messages = createMessageTable(bed.tables.client, 'messages');
  const id = 'm_20260101000000000wide';
  const deliveries = Object.fromEntries(NAMES.map((name) => [name, delivery()]));
  await messages.create(message({ id, createdAt: new Date().toISOString(), content: asked.content, deliveries }));
  const stateOf = async (name: string) => (await messages.get(id))!.deliveries[name]!;
  for (const [n, destination] of NAMES.entries()) {
    const item = { messageId: id, destination };
    // each at another call, and at another moment: before it was noted, or between its two notes
    const kill = { killAt: n % 2 === 0 ? 'after-send' : 'before-record', killOn: 3 + n };
    if (n < KILLS) expect(await bed.worker(item, kill)).toBe(true);
    while (!isFinished((await stateOf(destination)).status)) await bed.worker(item);
  }
  const times = await told();
  const ended = (await messages.get(id))!.deliveries;
  let twice = 0;
  for (const [n, name] of NAMES.entries()) {
    const { people = [], possibleDuplicate = false, status } = ended[name]!;
    const counts = peopleOf(n).map((userId) => times.get(userId) ?? 0);
    const again = counts.filter((count) => count > 1).length;
    twice += again;
    expect([name, status, people.length, Math.min(...counts)]).toEqual([name, 'failed', 1_000, 1]);
    expect(again).toBeLessThanOrEqual(possibleDuplicate ? PEOPLE_A_CALL : 0);
    expect(possibleDuplicate).toBe(n < KILLS);
  }
  console.log(`${times.size} people told, ${twice} of them twice after ${KILLS} kills`);
  expect(times.size).toBe(12_000);
});
