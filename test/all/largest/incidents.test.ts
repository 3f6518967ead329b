import { afterEach, expect, test } from 'vitest';
import { AlertmanagerSource } from '../../../contract/requests/sources.ts';
import { tapIncident } from '../../../lib/incidents/change-incident.ts';
import { listIncidents } from '../../../lib/incidents/get-incidents.ts';
import type { Destination } from '../../../lib/messages/destination.ts';
import { incidentWorld } from '../../support/incident-world.ts';
import { largestItems } from '../../support/item-kinds.ts';
import { filled, forInputs, INPUTS, largest, taken, widest } from '../../support/largest.ts';
import fc from '../../support/property.ts';

// The largest of what a source tells, shown wherever the largest rules say, taken and silenced by many, again and again.

const MINUTE_MS = 60_000;
const START = '2026-11-29T02:00:00Z';
const items = largestItems();
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A sender's body has a megabyte at most. */
const alarm = fc.record({
  labels: fc.constantFrom(10, 100, 400),
  value: filled(700),
  text: filled(20_000),
});
const STEPS = ['fires', 'resolves', 'taken', 'silenced', 'waits'] as const;
const life = fc.record({
  make: largest(AlertmanagerSource),
  alarms: fc.array(alarm, { minLength: 1, maxLength: 2 }),
  card: fc.boolean(),
  steps: fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: INPUTS > 2 ? 6 : 2 }),
});

type Life = typeof life extends fc.Arbitrary<infer L> ? L : never;
/** All that can be large, at once. */
const worst: Life = {
  make: widest(AlertmanagerSource),
  alarms: [{ labels: 400, value: '字'.repeat(700), text: '字'.repeat(20_000) }],
  card: true,
  steps: [],
};

/** A source of such alarms, whose rules they all fit. */
async function alarmed({ make, alarms, card }: Life) {
  const rules = await taken(AlertmanagerSource, make);
  const all = (rules.incidents?.rules ?? []).map((rule) => ({ ...rule, labels: {} }));
  const place: Destination = card
    ? { kind: 'robot-group', openConversationId: 'cidProject' }
    : { kind: 'custom-robot', accessToken: 'ops', pace: { messages: 1_000, perMs: 1 } };
  const named = [...rules.to, ...all.flatMap(({ to }) => to)];
  const destinations = Object.fromEntries(named.map((name) => [name, place]));
  const incidents = { ...rules.incidents, ...(all.length > 0 && { rules: all }) };
  const world = await incidentWorld({ destinations, start: START, sources: { alarms: { ...rules, incidents } } });
  open.push(world.close);
  let told = 0;
  return {
    ...world,
    async receive(status: 'firing' | 'resolved') {
      const { labels: many, value, text } = alarms[told++ % alarms.length] ?? expect.fail();
      const labels = Object.fromEntries(Array.from({ length: many }, (_, n) => [`${n}`.padEnd(200, 'l'), value]));
      const alert = {
        status,
        labels,
        annotations: { summary: text, description: text },
        startsAt: START,
        endsAt: START,
      };
      const group = { receiver: 'r', groupKey: 'g', groupLabels: {}, commonLabels: {}, commonAnnotations: {} };
      await world.receive({ version: '4', ...group, alerts: [{ ...alert, fingerprint: `${told}` }] });
    },
  };
}

test('an incident with the most labels, destinations and next people', async () => {
  const run = async (life: Life) => {
    const { deps, client, receive, wait, work } = await alarmed(life);
    await receive('firing');
    const [{ id = '' } = {}] = (await listIncidents(deps, {})).incidents;
    const tap = (n: number, deed: 'take' | 'silence') =>
      tapIncident(deps, id, deed, { userId: `${n}-`.padEnd(64, 'u'), via: 'robot' });
    const does = {
      fires: () => receive('firing'),
      resolves: () => receive('resolved'),
      waits: () => wait(24 * 60 * MINUTE_MS),
      taken: (n: number) => tap(n, 'take'),
      silenced: (n: number) => tap(n, 'silence'),
    };
    for (const [n, step] of (['waits', ...life.steps, 'resolves'] as const).entries()) {
      await does[step](n);
      await work();
      await items.look(client);
    }
  };
  await forInputs(life, run, worst);
});

test('an incident that fires for years, each time for others', async () => {
  const world = await incidentWorld({
    destinations: { ops: { kind: 'robot-group', openConversationId: 'cidOps' } },
    start: START,
    sources: { alarms: { kind: 'alertmanager', to: ['ops'], incidents: { quietGapMinutes: 1 } } },
  });
  open.push(world.close);
  const told = async (status: string) =>
    world.receive({ groupKey: 'g', alerts: [{ status, labels: { alertname: 'a' }, fingerprint: 'f' }] });
  await told('firing');
  const [{ id = '' } = {}] = (await listIncidents(world.deps, {})).incidents;
  for (let n = 0; n < 20; n += 1) {
    await tapIncident(world.deps, id, 'take', { userId: `person-${n}`, via: 'page' });
    await world.work();
    await told('resolved');
    await world.wait(5 * MINUTE_MS);
    await told('firing');
  }
  const { names = {}, history = [] } = (await world.deps.incidents.get(id)) ?? {};
  // who stands in its history has a name, and nobody else
  expect(Object.keys(names).length).toBeLessThan(history.length);
  expect(names).toHaveProperty('person-19');
  await items.look(world.client);
});

test('each of these kinds was among them', () => {
  items.told(['incident', 'row of an incident', 'code', 'message', 'row of a message', 'who is told of an incident']);
});
