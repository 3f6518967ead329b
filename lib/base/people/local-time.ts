import { CHINA, type Quiet } from './hours.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** The given time, or the end of the quiet hours that it falls into (epoch ms). */
export function afterQuiet(at: number, { timeZone, quiet }: { timeZone: string; quiet?: Quiet | undefined }): number {
  if (!quiet) return at;
  const [from, to, now] = [minutesOf(quiet.from), minutesOf(quiet.to), minutesOf(clockOf(at, timeZone).time)];
  const isQuiet = from <= to ? from <= now && now < to : from <= now || now < to;
  return isQuiet ? nextAt(at, quiet.to, timeZone) : at;
}

/**
 * The next time after `at` (epoch ms) when clocks in the zone show `time`, once a day: the first of two on a day of 25
 * hours; on a day of 23 hours that skips it, as much later as its clocks were set forward.
 */
export function nextAt(at: number, time: string, timeZone: string): number {
  const ahead = minutesUntil(time, at, timeZone) || DAY_MINUTES;
  const found = (Math.floor(at / MINUTE_MS) + ahead) * MINUTE_MS;
  // a day has 23 or 25 hours when its clocks are set: the zone is asked again, for the time found
  const off = minutesUntil(time, found, timeZone);
  const corrected = found + (off > DAY_MINUTES / 2 ? off - DAY_MINUTES : off) * MINUTE_MS;
  return minutesUntil(time, corrected, timeZone) === 0 ? corrected : Math.max(found, corrected);
}

/** By the clocks in the zone, from 0 to a day. */
function minutesUntil(time: string, at: number, timeZone: string): number {
  return (minutesOf(time) - minutesOf(clockOf(at, timeZone).time) + DAY_MINUTES) % DAY_MINUTES;
}

/** The first moment of a day (`2026-01-31`) by the clocks in the zone (epoch ms). */
export function beginningOfDay(date: string, timeZone: string): number {
  // no zone is further from UTC than 14 hours
  let found = Date.parse(date) - 2 * DAY_MINUTES * MINUTE_MS;
  while (clockOf(found, timeZone).date < date) found = nextAt(found, '00:00', timeZone);
  return found;
}

/** Date and time in the zone: `2026-01-31` and `09:30`. */
export function clockOf(at: number, timeZone: string): { date: string; time: string } {
  if (timeZone === CHINA.name && at >= CHINA.since) {
    const shown = new Date(at + CHINA.aheadMs).toISOString();
    return { date: shown.slice(0, 10), time: shown.slice(11, 16) };
  }
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
  const [date = '', time = ''] = shown.split(' ');
  return { date, time };
}

/** A time (ISO 8601) as people read it where they are: `2026-01-31 09:30`. */
export function when(iso: string, timeZone: string): string {
  const { date, time } = clockOf(Date.parse(iso), timeZone);
  return `${date} ${time}`;
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}
