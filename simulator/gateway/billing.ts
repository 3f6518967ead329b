import { beijingMonth } from '../world/clock.ts';
import { groupBy } from '../world/group-by.ts';
import type { Bill, BillKind } from '../world/records.ts';
import type { State } from '../world/state.ts';

/** What the organisation's month is charged for: API calls, and webhook and Stream messages (interactive.md §10). */
export function bill(state: State, app: string, kind: BillKind, act: string): void {
  const month = beijingMonth(state.clock.now());
  const key = [month, app, kind, act].join('\t');
  const entry = state.bills.get(key) ?? { month, app, kind, act, count: 0 };
  entry.count += 1;
  state.bills.set(key, entry);
}

/** Token calls, contact look-ups and sign-in are free; a call that no document names is charged (interactive.md §10). */
export function isFree(route: string): boolean {
  return FREE.some((pattern) => pattern.test(route));
}

/** The month's figures as a whole, which the quotas are held against. */
export function usageOf(state: State): { month: string; apiCalls: number; webhookAndStream: number } {
  const month = beijingMonth(state.clock.now());
  const ofKind = (kind: BillKind) => sum([...state.bills.values()].filter((b) => b.month === month && b.kind === kind));
  return { month, apiCalls: ofKind('api'), webhookAndStream: ofKind('webhook') };
}

/** By month, app and kind, with the acts of each. */
export function billView(state: State) {
  const bills = [...state.bills.values()];
  return grouped(bills, 'month', (ofMonth) =>
    grouped(ofMonth, 'app', (ofApp) =>
      grouped(ofApp, 'kind', (ofKind) => ({
        total: sum(ofKind),
        acts: Object.fromEntries(ofKind.map(({ act, count }) => [act, count])),
      })),
    ),
  );
}

function grouped<T>(bills: Bill[], key: 'month' | 'app' | 'kind', view: (bills: Bill[]) => T): Record<string, T> {
  const groups = groupBy(bills, (each) => each[key]);
  return Object.fromEntries([...groups].map(([name, list]) => [name, view(list)]));
}

/** Who is charged for the messages of custom robots, which belong to no app. */
export const CUSTOM_ROBOTS = 'custom-robots';

function sum(bills: Bill[]): number {
  return bills.reduce((total, { count }) => total + count, 0);
}

/** interactive.md §10; identity.md §0, fact 14 */
const FREE = [
  /^GET \/gettoken$/,
  /^POST \/v1\.0\/oauth2\//,
  /^(GET|POST) \/v1\.0\/contact\//,
  /^POST \/topapi\/(v2\/)?(user|department)\//,
];
