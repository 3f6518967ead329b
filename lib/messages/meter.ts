import type { Destination } from './destination.ts';

/** Counts calls a month. */
export type Meter = { count(name: string): Promise<number> };

/** What a company may call a month: the API's calls, and those of webhooks (messaging.md §8.2, §2.5). */
export type Quotas = { api: number; webhook: number };
const WARN_AT = 0.8;

/** Which monthly quota a message to this destination counts against: the company's, whatever the app. */
export function meterOf({ kind }: Destination): 'api' | 'webhook' {
  return kind === 'custom-robot' || kind === 'custom-robot-pool' ? 'webhook' : 'api';
}

/** Whether this call is one to warn at: the first over 80 %, then one in every hundredth of the quota. */
export function isNearQuota(used: number, quota: number): boolean {
  const first = Math.ceil(quota * WARN_AT);
  return used >= first && (used - first) % Math.max(1, Math.floor(quota / 100)) === 0;
}
