import * as v from 'valibot';
import type { Dynamodb } from '../dynamodb.ts';
import { changedItem, fromItem, type Place } from './item.ts';

const MINUTE_MS = 60_000;
const Used = v.object({ minuteUsed: v.number() });

/** Counts something in this minute, in two members of an item; how often it was counted, and when the next begins (s). */
export async function countInMinute(client: Dynamodb, place: Place, at: number) {
  const minute = Math.floor(at / MINUTE_MS);
  const nextMinuteInS = Math.ceil(((minute + 1) * MINUTE_MS - at) / 1000);
  const further = () =>
    changedItem(client, place, { add: { minuteUsed: 1 }, when: '#minuteNo = :minute', values: { minute } });
  const first = () =>
    changedItem(client, place, {
      set: { minuteNo: minute, minuteUsed: 1 },
      when: 'attribute_not_exists(#minuteNo) OR #minuteNo < :minuteNo',
    });
  // what was not the first of its minute after all is counted as a further one
  const counted = (await further()) ?? (await first()) ?? (await further());
  const { minuteUsed: used } = counted ? fromItem(Used, counted) : { minuteUsed: 1 };
  return { used, nextMinuteInS };
}
