import { toItem } from './item.ts';

/**
 * The key of a message's state in its table: the day that its id tells (`m_20260131…`) is the partition, the id the sort
 * key, so that the table itself lists a day in order. A partition takes 1,000 writes a second: some 300 messages. No other
 * file of this room reads anything from an id.
 */
export function messageKey(table: string, id: string) {
  return { TableName: table, Key: toItem({ part: dayOf(id), id }) };
}

/** The partition of a message: `20260131`. */
export function dayOf(id: string): string {
  return id.slice(2, 10) || '-';
}

/** Between which ids those of a (UTC) day lie: `2026-01-31`. */
export function idsOfDay(day: string): { from: string; to: string } {
  const from = `m_${day.replaceAll('-', '')}`;
  return { from, to: `${from}~` };
}
