import type { ChaosWorld } from './world.ts';

/** What goes wrong for a while, other than a service of AWS or DingTalk. */
export const CASES = [
  'dies-before',
  'dies-after',
  'cold',
  'clock-ahead',
  'clock-behind',
  'month-gone',
  'month-resumed',
] as const;
export type Case = (typeof CASES)[number];
/** In these, functions die. */
export const MORTAL: readonly Case[] = ['dies-before', 'dies-after', 'cold'];

const DAY_MS = 24 * 3_600_000;
/** So long DingTalk is not asked again after it called the month used up. */
export const MONTH_HELD_MS = 3_600_000;
const ENOUGH = 10_000_000;

/** Begins and ends what a case is about. */
export function troubleOf(world: ChaosWorld, name: Case): { begin(): Promise<unknown>; end(): Promise<unknown> } {
  const { deaths, threads } = world;
  // the pushes of the month stay: without them DingTalk hands over nothing of what people write
  const calls = (left: number) => world.sim('POST', '/settings', { monthlyQuota: left });
  const month = { begin: () => calls(1), end: () => calls(ENOUGH) };
  const set = <T>(tell: (value: T) => void, on: T, off: T) => ({
    begin: async () => tell(on),
    end: async () => tell(off),
  });
  const troubles = {
    'dies-before': set(deaths.set, 'before' as const, undefined),
    'dies-after': set(deaths.set, 'after' as const, undefined),
    cold: { begin: async () => threads.killAll(), end: async () => undefined },
    'clock-ahead': set(threads.setClocks, DAY_MS, 0),
    'clock-behind': set(threads.setClocks, -DAY_MS, 0),
    'month-gone': month,
    'month-resumed': { ...month, end: () => month.end().then(world.resumeQuota) },
  };
  return troubles[name];
}
