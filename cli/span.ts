import { UsageError } from './exit.ts';

export const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

/** A span such as `10m` in milliseconds. @throws UsageError that names the option */
export function spanOf(option: string, text: string): number {
  const [, count, unit] = /^(\d{1,4})([smhd])$/.exec(text) ?? [];
  const known = Object.entries(UNITS).find(([name]) => name === unit)?.[1];
  if (count === undefined || known === undefined)
    throw new UsageError(`--${option} takes something like 10m or 2h, not "${text}"`);
  return Number(count) * known;
}
