import * as v from 'valibot';
import type { BusEvent } from './event.ts';

const Click = v.object({
  outTrackId: v.pipe(v.string(), v.startsWith('dingdock-')),
  userId: v.pipe(v.string(), v.minLength(1)),
  actionIds: v.pipe(v.array(v.string()), v.minLength(1)),
});

/** A tap on a card that dingdock made: its id begins with `dingdock-`. */
export type CardClick = { outTrackId: string; userId: string; action: string };

/** Undefined for other events, and for the cards of other programs that share the app. */
export function cardClickOf({ type, data }: BusEvent): CardClick | undefined {
  if (type !== 'card.click') return undefined;
  const parsed = v.safeParse(Click, data);
  if (!parsed.success) return undefined;
  const { outTrackId, userId, actionIds } = parsed.output;
  return { outTrackId, userId, action: actionIds.join(',') };
}
