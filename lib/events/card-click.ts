import * as v from 'valibot';
import type { BusEvent } from './event.ts';

const Click = v.object({
  outTrackId: v.pipe(v.string(), v.startsWith('dingdock-')),
  userId: v.pipe(v.string(), v.minLength(1)),
  actionIds: v.pipe(v.array(v.string()), v.minLength(1)),
});

/** Somebody's tap on a card of dingdock's own making: its id begins with `dingdock-`. */
export type CardClick = { outTrackId: string; userId: string; action: string };

/** Undefined for any other event, and for the cards of other programs that share the app: those are theirs to change. */
export function cardClickOf({ type, data }: BusEvent): CardClick | undefined {
  if (type !== 'card.click') return undefined;
  const parsed = v.safeParse(Click, data);
  if (!parsed.success) return undefined;
  const { outTrackId, userId, actionIds } = parsed.output;
  return { outTrackId, userId, action: actionIds.join(',') };
}
