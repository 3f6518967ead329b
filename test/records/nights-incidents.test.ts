import { expect, test } from 'vitest';
import type { PutSource } from '../../contract/requests/sources.ts';
import { incidentWorld } from '../support/incident-world.ts';
import { firstMoment, isNight, type Night, ZONES } from '../support/nights.ts';
import fc from '../support/property.ts';

/** With a share of the plans that a full run has. */
const PLANS = Math.ceil(Number(process.env.PLANS ?? 20) / 20);
const LONG = { timeout: 3_600_000 };
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const START = '2026-10-19T00:00:00Z';
/** An app in each zone, with quiet hours, and a group that names it. */
const NIGHTS: Record<string, Night> = Object.fromEntries(
  ZONES.map((timeZone, zone) => [`app-${zone}`, { timeZone, from: '22:00', to: '08:00' }]),
);
const NAMES = Object.keys(NIGHTS);

const plan = fc.record({
  app: fc.constantFrom(...NAMES),
  at: fc.nat({ max: 13 * 144 }).map((tens) => tens * 10 * MINUTE_MS),
  after: fc.uniqueArray(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 3 }),
  urgent: fc.nat({ max: 4 }).map((n) => n === 0),
});

const alarm = (index: number, urgent: boolean) => ({
  status: 'firing',
  groupKey: `alarm-${index}`,
  commonLabels: { alertname: `<${index}>` },
  alerts: [{ status: 'firing', labels: { alertname: `<${index}>`, severity: urgent ? 'critical' : 'warning' } }],
});

test(
  `${PLANS} incidents of a fortnight in three zones: the next people are told at night of what is urgent only, within 90 s`,
  LONG,
  async () => {
    const plans = fc.sample(plan, PLANS).sort((a, b) => a.at - b.at);
    const sources = Object.fromEntries(
      plans.map(({ app, after }, index): [string, PutSource] => {
        const next = after.map((afterMinutes) => ({ afterMinutes, people: [`p${index}-${afterMinutes}`] }));
        return [`source-${index}`, { kind: 'alertmanager', to: [app], incidents: { next } }];
      }),
    );
    const destinations = Object.fromEntries(
      NAMES.map((app) => [app, { kind: 'robot-group' as const, app, openConversationId: app }]),
    );
    const appOf = (name = '') => {
      const { timeZone = 'Asia/Shanghai', from = '22:00', to = '08:00' } = NIGHTS[name] ?? {};
      return { timeZone, quiet: { from, to } };
    };
    const world = await incidentWorld({ destinations, start: START, sources, app: appOf });
    const expected = new Map<string, { night: Night; due: number; urgent: boolean }>();
    for (const [index, { app, at, after, urgent }] of plans.entries()) {
      await world.until(Date.parse(START) + at);
      const began = world.now();
      await world.receive(alarm(index, urgent), { source: `source-${index}` });
      const night = NIGHTS[app];
      if (!night) throw new Error('there is no such app');
      for (const minutes of after) {
        const due = firstMoment(night, began + minutes * MINUTE_MS, urgent);
        expected.set(`p${index}-${minutes}`, { night, due, urgent });
      }
    }
    await world.until(world.now() + 3 * DAY_MS);
    const faults = world.sent.flatMap(({ to, at }) => {
      if (to.kind !== 'robot-users') return [];
      return to.userIds.flatMap((person) => {
        const want = expected.get(person);
        expected.delete(person);
        if (!want) return [`${person} again`];
        if (!want.urgent && isNight(want.night, at)) return [`${person} at night`];
        return at < want.due - MINUTE_MS || at > want.due + 90_000 ? [`${person} ${at - want.due} ms late`] : [];
      });
    });
    await world.close();
    expect({ faults, left: [...expected.keys()] }).toEqual({ faults: [], left: [] });
  },
);
