const MINUTE_MS = 60_000;
export const ZONES = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York'];

/** Quiet hours by the clocks of a zone. */
export type Night = { timeZone: string; from: string; to: string };

const clocks = new Map(
  ZONES.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('sv-SE', { timeZone, hour: '2-digit', minute: '2-digit' }),
  ]),
);
/** By the clocks on the wall, written anew: a reading of its own of what night is. */
export function isNight({ timeZone, from, to }: Night, at: number): boolean {
  const shown = clocks.get(timeZone)?.format(at) ?? '';
  return from < to ? from <= shown && shown < to : shown >= from || shown < to;
}

/** A night ends when clocks show its end: also where they are set back in it, to before its beginning. */
export function firstMoment(night: Night, at: number, urgent: boolean): number {
  if (urgent || !isNight(night, at)) return at;
  let minute = Math.ceil((at + 1) / MINUTE_MS) * MINUTE_MS;
  while (clocks.get(night.timeZone)?.format(minute) !== night.to) minute += MINUTE_MS;
  return minute;
}
