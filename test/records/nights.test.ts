import { expect, test } from 'vitest';
import type { Destination } from '../../lib/messages/destination.ts';
import { nightWorld, type Sending } from '../support/night-world.ts';
import { firstMoment, isNight, ZONES } from '../support/nights.ts';
import fc from '../support/property.ts';

/** With as many plans as a full run has. */
const PLANS = Number(process.env.PLANS ?? 20);
const LONG = { timeout: 3_600_000 };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** In this fortnight clocks are set back in Berlin (25 October) and in New York (1 November). */
const START = '2026-10-19T00:00:00Z';
const HOURS = [
  ['22:00', '08:00'],
  ['00:30', '06:45'],
  ['12:00', '13:30'],
  ['01:15', '02:30'],
] as const;
const NAMES = ZONES.flatMap((timeZone, zone) =>
  HOURS.map(([from, to], index) => ({ name: `group-${zone}-${index}`, timeZone, from, to })),
);
type Group = (typeof NAMES)[number];

/** Plans stand in some seconds after each tenth minute, so that the minutely check has fewer minutes to look at. */
const moment = (days: number) =>
  fc.tuple(fc.nat({ max: days * 144 }), fc.nat({ max: 59_999 })).map(([tens, ms]) => tens * 10 * MINUTE_MS + ms);
const plan = fc.record({
  group: fc.constantFrom(...NAMES),
  at: moment(13),
  sendAt: fc.option(moment(14), { freq: 2 }),
  urgent: fc.nat({ max: 9 }).map((n) => n === 0),
});

type Want = { group: Group; due: number; urgent: boolean };

/** What is wrong with a text that was sent to a group. */
function faultOf(want: Want | undefined, group: Group | undefined, at: number): string | undefined {
  if (!want) return 'again';
  if (!group || want.group !== group) return 'in another group';
  if (!want.urgent && isNight(group, at)) return 'at night';
  return at < want.due - MINUTE_MS || at > want.due + 90_000 ? `${at - want.due} ms late` : undefined;
}

function faultsOf(sent: readonly Sending[], expected: Map<string, Want>): string[] {
  return sent.flatMap(({ at, to, rendered }) => {
    const text = rendered.form === 'robot' ? (rendered.msgParam.content ?? '') : '';
    const group = NAMES.find(({ name }) => 'openConversationId' in to && name === to.openConversationId);
    return [...text.matchAll(/<\d+>/g)].flatMap(([one]) => {
      const fault = faultOf(expected.get(one), group, at);
      expected.delete(one);
      return fault === undefined ? [] : [`${one} ${fault}`];
    });
  });
}

const what = `${PLANS} plans of a fortnight in three zones: at night only what is urgent, and nothing later than 90 s`;
test(what, LONG, async () => {
  const destinations: Record<string, Destination> = Object.fromEntries(
    NAMES.map(({ name, ...quiet }) => [name, { kind: 'robot-group', openConversationId: name, quiet }]),
  );
  const world = await nightWorld(destinations, START);
  const start = Date.parse(START);
  const plans = fc.sample(plan, PLANS).sort((a, b) => a.at - b.at);
  const expected = new Map<string, Want>();
  for (const [index, { group, at, sendAt, urgent }] of plans.entries()) {
    await world.until(start + at);
    const text = `<${index}>`;
    await world.accept({
      to: [group.name],
      content: { kind: 'text', text },
      ...(sendAt !== null && { sendAt: new Date(start + sendAt).toISOString() }),
      ...(urgent && { priority: 'high' }),
    });
    const due = firstMoment(group, Math.max(world.now(), start + (sendAt ?? 0)), urgent);
    expected.set(text, { group, due, urgent });
  }
  await world.until(start + 18 * DAY_MS);
  await world.close();
  const faults = faultsOf(world.sent, expected);
  expect({ faults, left: [...expected.keys()] }).toEqual({ faults: [], left: [] });
});
