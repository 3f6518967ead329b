import * as v from 'valibot';

/** A time of day by the clocks of a zone, as `09:00`. */
export const TimeOfDay = v.pipe(
  v.string(),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'takes a time of day, such as 09:00'),
  v.examples(['22:00']),
);

/** The zone of most: it has been eight hours ahead of UTC since 1992, all year. Asking Intl takes 10 ms the first time. */
export const CHINA = { name: 'Asia/Shanghai', aheadMs: 8 * 3_600_000, since: Date.UTC(1992) };

/** A time zone by its name, as `Asia/Shanghai`. */
export const TimeZone = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxLength(64),
  v.check(isZone, 'takes a time zone such as Asia/Shanghai'),
  v.examples(['Asia/Shanghai']),
);

/** Quiet hours of each day; they may go over midnight. From and to the same time: none. */
export const Quiet = v.strictObject({ from: TimeOfDay, to: TimeOfDay });
export type Quiet = v.InferOutput<typeof Quiet>;

function isZone(name: string): boolean {
  if (name === CHINA.name) return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
