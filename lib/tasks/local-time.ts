/** Hours of a day, as `22:00`, in which nobody is chased; they may go over midnight. */
export type Quiet = { from: string; to: string };

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** That moment, or the end of the quiet hours that it falls into (epoch ms). */
export function afterQuiet(at: number, { timeZone, quiet }: { timeZone: string; quiet?: Quiet | undefined }): number {
  if (!quiet) return at;
  const [from, to, now] = [minutesOf(quiet.from), minutesOf(quiet.to), minutesOf(clockOf(at, timeZone).time)];
  const isQuiet = from <= to ? from <= now && now < to : from <= now || now < to;
  return isQuiet ? nextAt(at, quiet.to, timeZone) : at;
}

/** The next moment at which clocks there show `time`, after `at` (epoch ms). */
export function nextAt(at: number, time: string, timeZone: string): number {
  const now = minutesOf(clockOf(at, timeZone).time);
  const ahead = (minutesOf(time) - now + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  return Math.floor(at / MINUTE_MS) * MINUTE_MS + ahead * MINUTE_MS;
}

/** What clocks and calendars there show: `2026-01-31` and `09:30`. */
export function clockOf(at: number, timeZone: string): { date: string; time: string } {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
  const [date = '', time = ''] = shown.split(' ');
  return { date, time };
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}
