const BEIJING_MS = 8 * 3_600_000;

/** The month whose quotas are used now, as `2026-11`: DingTalk counts in Beijing time. */
export function quotaMonth(now: number): string {
  return new Date(now + BEIJING_MS).toISOString().slice(0, 7);
}

/** When that month ends. */
export function endOfMonth(now: number): string {
  const beijing = new Date(now + BEIJING_MS);
  return new Date(Date.UTC(beijing.getUTCFullYear(), beijing.getUTCMonth() + 1) - BEIJING_MS).toISOString();
}
