const HOUR_MS = 3_600_000;
const BEIJING_MS = 8 * HOUR_MS;

/** The month whose quotas are used now, as `2026-11`: DingTalk counts in Beijing time. */
export function quotaMonth(now: number): string {
  return new Date(now + BEIJING_MS).toISOString().slice(0, 7);
}

/** When the hour with that number in this month began (epoch ms); without a number the month. */
export function hourOfMonth(now: number, hour = 0): number {
  return Date.parse(`${quotaMonth(now)}-01T00:00:00Z`) - BEIJING_MS + hour * HOUR_MS;
}

/** The number of this hour in its month. */
export function hourNow(now: number): number {
  return Math.floor((now - hourOfMonth(now)) / HOUR_MS);
}

/** When that month ends. */
export function endOfMonth(now: number): string {
  const beijing = new Date(now + BEIJING_MS);
  return new Date(Date.UTC(beijing.getUTCFullYear(), beijing.getUTCMonth() + 1) - BEIJING_MS).toISOString();
}
