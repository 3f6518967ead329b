import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { PutSource } from '../../contract/requests/sources.ts';
import { createIncidentTable } from '../../lib/aws/tables/incident-table.ts';
import { DingTalkRefusal, type ErrorClass } from '../../lib/base/dingtalk-errors.ts';
import { createIds } from '../../lib/base/ids.ts';
import { fillTemplate } from '../../lib/compose/templates.ts';
import { getIncident, listIncidents } from '../../lib/incidents/get-incidents.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import { renderSource } from '../../lib/sources/render-source.ts';
import type { Received, Source } from '../../lib/sources/source.ts';
import { access } from '../support/access.ts';
import { nightWorld, type Sending } from '../support/night-world.ts';
import fc from '../support/property.ts';
import { startMessageTable } from '../support/tables.ts';

const MINUTE_MS = 60_000;
const START = '2026-11-29T02:00:00Z';
const DESTINATIONS: Record<string, Destination> = {
  ops: { kind: 'custom-robot', accessToken: 'ops' },
  project: { kind: 'robot-group', openConversationId: 'cidProject' },
  oncall: { kind: 'robot-users', userIds: ['lisi'] },
};

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function world(rules: PutSource, cardClass?: ErrorClass) {
  const night = await nightWorld(DESTINATIONS, START);
  const { send } = night.deps;
  night.deps.send = async (to, rendered) => {
    if (cardClass === undefined || rendered.form !== 'card') return send(to, rendered);
    throw new DingTalkRefusal('cards.create', { code: 'x', class: cardClass, status: 403, description: 'no card' });
  };
  open.push(night.close);
  await startMessageTable(night.client, 'records');
  const source: Source = { name: 'alarms', owner: 'key:ci', rules, keyHash: '' };
  const deps = {
    ...night.deps,
    sources: { read: async () => source, note: async () => undefined },
    raw: { get: () => expect.fail('no body is stored') },
    most: { parts: 20, calls: 200 },
    fill: fillTemplate,
    incidents: createIncidentTable(night.client, 'records'),
    incidentId: (owner: string, identity: string) => createIds('key').of('i', owner, identity),
  };
  /** What came is worked off once, or more often when a worker dies. */
  const receive = async (body: unknown, times = 1) => {
    const receivedAt = new Date(night.now()).toISOString();
    const received: Received = { id: randomUUID(), source: 'alarms', receivedAt, body: JSON.stringify(body) };
    for (let n = 0; n < times; n += 1) await renderSource(deps, received);
    await night.work();
  };
  const wait = (ms: number) => night.until(night.now() + ms);
  return { ...night, deps, receive, wait };
}

const alert = (name: string, instance: number, status: string) => ({
  status,
  labels: { alertname: name, instance: `web-${instance}`, severity: 'warning' },
  annotations: { summary: `${name} on web-${instance}` },
  startsAt: START,
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: `${name}-${instance}`,
});
const group = (name: string, statuses: readonly string[], labels = {}) => ({
  version: '4',
  receiver: 'dingdock',
  groupKey: `{}:{alertname="${name}"}`,
  groupLabels: { alertname: name },
  commonLabels: { alertname: name, ...labels },
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example:9093',
  alerts: statuses.map((status, index) => alert(name, index, status)),
});
const firing = Array.from({ length: 10 }, () => 'firing');
const resolved = firing.map(() => 'resolved');
const to = (name: string) => (one: Sending) =>
  name === 'ops' ? one.to.kind === 'custom-robot' : 'openConversationId' in one.to;
const titleOf = ({ rendered }: Sending) => {
  if (rendered.form === 'webhook') return String(Object(rendered.body.markdown).title);
  return rendered.form === 'card' || rendered.form === 'cardChange' ? (rendered.params.title ?? '') : '';
};

test('50 alerts in 5 groups fire for minutes, resolve, and one fires again: 5 cards, and 5 pairs on a custom robot', async () => {
  const { receive, wait, sent, deps } = await world({
    kind: 'alertmanager',
    to: ['ops', 'project'],
    incidents: { quietGapMinutes: 5 },
  });
  const names = ['A', 'B', 'C', 'D', 'E'];
  const [twice = [], steps = []] = [fc.sample(fc.integer({ min: 1, max: 3 }), 40), fc.sample(fc.nat(4), 12)];
  for (const name of names) await receive(group(name, firing), twice.pop());
  for (const step of steps) {
    await wait(20_000);
    await receive(group(names[step] ?? 'A', [...firing.slice(1), 'resolved']), twice.pop());
  }
  for (const name of names) await receive(group(name, resolved), twice.pop());
  await wait(2 * MINUTE_MS);
  await receive(group('C', firing), twice.pop());
  await wait(2 * MINUTE_MS);
  await receive(group('C', resolved), twice.pop());
  await wait(20 * MINUTE_MS);

  const pairs = sent.filter(to('ops'));
  expect(pairs).toHaveLength(10);
  for (const name of names) {
    const of = pairs.filter((one) => titleOf(one).endsWith(` ${name}`)).map(titleOf);
    expect(of).toEqual([expect.stringContaining('告警'), expect.stringContaining('已恢复')]);
  }
  const cards = sent.filter(to('project'));
  expect(cards.filter(({ rendered }) => rendered.form === 'card')).toHaveLength(5);
  for (const name of names) {
    const changes = cards.filter((one) => titleOf(one).endsWith(` ${name}`));
    expect(titleOf(changes.at(-1) as Sending)).toContain('已恢复');
    const inBetween = changes.filter((one) => !titleOf(one).startsWith('✅')).map(({ at }) => at);
    expect(inBetween.slice(1).every((at, index) => at - (inBetween[index] ?? 0) >= MINUTE_MS - 1_000)).toBe(true);
  }
  const { incidents } = await listIncidents(deps, {});
  expect(incidents.map(({ state, fired }) => [state, fired])).toEqual(names.map(() => ['resolved', 1]));
  const c = incidents.find(({ title }) => title.endsWith(' C'));
  const whole = await getIncident(deps, c?.id ?? '', access({ destinations: ['*'] }));
  expect(whole.history?.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['fired', 'resolved', 'fired_again']),
  );
  expect(whole.messages?.map(({ destination }) => destination).toSorted()).toEqual(['ops', 'project']);
});

test('what fires after the quiet gap is opened anew; labels say where, and who', async () => {
  const { receive, wait, sent } = await world({
    kind: 'alertmanager',
    to: ['ops'],
    incidents: { rules: [{ labels: { team: 'payments' }, to: ['project', 'oncall'] }] },
  });
  await receive(group('Disk', firing));
  await receive(group('Disk', resolved));
  await wait(30 * MINUTE_MS);
  await receive(group('Disk', firing));
  await receive(group('Pay', firing, { team: 'payments' }));
  expect(sent.filter(to('ops'))).toHaveLength(3);
  const others = sent.filter(({ to: { kind } }) => kind !== 'custom-robot').map(({ to: { kind } }) => kind);
  expect(others).toEqual(['robot-group', 'robot-users']);
});

test('an end without a beginning is no message, and a card that nobody saw yet opens with what is so', async () => {
  const { receive, wait, sent, deps } = await world({ kind: 'alertmanager', to: ['project'], incidents: {} });
  await receive(group('Old', resolved));
  expect(sent).toEqual([]);
  deps.destinations.get = async () => ({
    kind: 'robot-group',
    openConversationId: 'cidProject',
    quiet: { from: '09:00', to: '12:00' },
  });
  await receive(group('Night', firing));
  await receive(group('Night', resolved));
  expect(sent).toEqual([]);
  await wait(3 * 3_600_000);
  expect(sent.map(({ rendered }) => rendered.form)).toEqual(['card']);
  expect(sent.map(titleOf)).toEqual([expect.stringContaining('已恢复')]);
});

test.each(['permission', 'argument'] as const)(
  'where DingTalk takes no card (%s), an incident is a first and a last message, as elsewhere',
  async (cardClass) => {
    const { receive, wait, sent } = await world({ kind: 'alertmanager', to: ['project'], incidents: {} }, cardClass);
    await receive(group('Disk', firing));
    await wait(2 * MINUTE_MS);
    await receive(group('Disk', [...firing.slice(1), 'resolved']));
    await wait(2 * MINUTE_MS);
    await receive(group('Disk', resolved));
    await wait(20 * MINUTE_MS);
    expect(sent.map(({ rendered }) => rendered.form)).toEqual(['robot', 'robot']);
    expect(sent.map(({ rendered }) => JSON.stringify(rendered).includes('已恢复'))).toEqual([false, true]);
  },
);
