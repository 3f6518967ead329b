import { expect, test } from 'vitest';
import { afterQuiet, beginningOfDay, clockOf, nextAt } from '../../lib/base/people/local-time.ts';
import fc from '../support/property.ts';

const DAY_MS = 24 * 3_600_000;
const ZONES = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];

const next = (at: string, time: string, zone: string) => new Date(nextAt(Date.parse(at), time, zone)).toISOString();

test.each([
  ['the same day', '2026-01-15T07:59:30Z', '09:00', 'Europe/Berlin', '2026-01-15T08:00:00.000Z'],
  [
    'the next day, when it is that time now',
    '2026-01-15T08:00:30Z',
    '09:00',
    'Europe/Berlin',
    '2026-01-16T08:00:00.000Z',
  ],
  ['over the night of 23 hours', '2026-03-28T20:00:00Z', '09:00', 'Europe/Berlin', '2026-03-29T07:00:00.000Z'],
  ['over the night of 25 hours', '2026-10-24T20:00:00Z', '09:00', 'Europe/Berlin', '2026-10-25T08:00:00.000Z'],
  ['over the night of 23 hours', '2026-03-08T01:00:00Z', '09:00', 'America/New_York', '2026-03-08T13:00:00.000Z'],
  ['over the night of 25 hours', '2026-11-01T01:00:00Z', '09:00', 'America/New_York', '2026-11-01T14:00:00.000Z'],
  [
    'the end of quiet hours on a day of 25',
    '2026-10-31T20:00:00Z',
    '07:00',
    'America/New_York',
    '2026-11-01T12:00:00.000Z',
  ],
  [
    'the end of quiet hours on a day of 23',
    '2026-03-08T05:30:00Z',
    '07:00',
    'America/New_York',
    '2026-03-08T11:00:00.000Z',
  ],
  ['a day of half an hour more', '2026-04-04T12:00:00Z', '07:00', 'Australia/Lord_Howe', '2026-04-04T20:30:00.000Z'],
  ['on that day before its change', '2026-03-28T20:00:00Z', '01:30', 'Europe/Berlin', '2026-03-29T00:30:00.000Z'],
  [
    'a time that the day lacks, by as much later',
    '2026-03-28T20:00:00Z',
    '02:30',
    'Europe/Berlin',
    '2026-03-29T01:30:00.000Z',
  ],
  [
    'a time that the day lacks, by as much later',
    '2026-03-08T05:00:00Z',
    '02:30',
    'America/New_York',
    '2026-03-08T07:30:00.000Z',
  ],
  [
    'of a time that the day has twice the first',
    '2026-10-24T20:00:00Z',
    '02:30',
    'Europe/Berlin',
    '2026-10-25T00:30:00.000Z',
  ],
  [
    'and after the first none of that day',
    '2026-10-25T00:30:10Z',
    '02:30',
    'Europe/Berlin',
    '2026-10-26T01:30:00.000Z',
  ],
])('finds %s: after %s, %s in %s', (_, at, time, zone, found) => {
  expect(next(at, time, zone)).toBe(found);
});

test.each([
  ['2026-12-31', 'Asia/Shanghai', '2026-12-30T16:00:00.000Z'],
  ['2026-12-31', 'America/New_York', '2026-12-31T05:00:00.000Z'],
  ['2026-12-31', 'Pacific/Kiritimati', '2026-12-30T10:00:00.000Z'],
  ['2026-12-31', 'Etc/GMT+12', '2026-12-31T12:00:00.000Z'],
  ['2026-03-29', 'Africa/Cairo', '2026-03-28T22:00:00.000Z'],
])('%s begins in %s at %s', (day, zone, found) => {
  expect(new Date(beginningOfDay(day, zone)).toISOString()).toBe(found);
});

test('is always ahead, within a day of 25 hours, at that time or after a gap', () => {
  const moments = fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2030-01-01') });
  const times = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
  fc.assert(
    fc.property(moments, times, fc.constantFrom(...ZONES), (at, parts, zone) => {
      const time = parts.map((part) => String(part).padStart(2, '0')).join(':');
      const found = nextAt(at, time, zone);
      expect(found).toBeGreaterThan(at);
      expect(found - at).toBeLessThanOrEqual(DAY_MS + 3_600_000);
      const shown = clockOf(found, zone).time;
      if (shown === time) return;
      const isGap = clockOf(found, zone).time.slice(0, 2) > time.slice(0, 2) || shown > time;
      expect(isGap && clockOf(found - 3_600_000, zone).time < time).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('quiet hours end at their time on days of 23 and 25 hours too', () => {
  const ends = (at: string) =>
    new Date(
      afterQuiet(Date.parse(at), { timeZone: 'Europe/Berlin', quiet: { from: '22:00', to: '08:00' } }),
    ).toISOString();
  expect(ends('2026-03-28T22:30:00Z')).toBe('2026-03-29T06:00:00.000Z');
  expect(ends('2026-10-24T22:30:00Z')).toBe('2026-10-25T07:00:00.000Z');
  expect(ends('2026-10-25T07:00:00Z')).toBe('2026-10-25T07:00:00.000Z');
});

test('quiet hours whose beginning comes twice, since clocks are set back in them, end once', () => {
  const quiet = { from: '01:15', to: '02:30' };
  const at = Date.parse('2026-11-01T05:20:00Z');
  expect(new Date(afterQuiet(at, { timeZone: 'America/New_York', quiet })).toISOString()).toBe(
    '2026-11-01T07:30:00.000Z',
  );
});

test('clocks in China show what Intl says that they do, whatever the time', () => {
  const Time = fc.date({ min: new Date('1980-01-01'), max: new Date('2120-01-01'), noInvalidDate: true });
  const shown = { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' } as const;
  const format = new Intl.DateTimeFormat('sv-SE', shown);
  fc.assert(
    fc.property(Time, (at) => {
      const { date, time } = clockOf(at.getTime(), 'Asia/Shanghai');
      expect(`${date} ${time}`).toBe(format.format(at));
    }),
    { examples: [[new Date('1991-08-01')], [new Date(Date.UTC(1992) - 1)], [new Date(Date.UTC(1992))]] },
  );
});
