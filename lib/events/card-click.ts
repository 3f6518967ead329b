import * as v from 'valibot';
import type { BusEvent } from './event.ts';

const Click = v.object({
  outTrackId: v.pipe(v.string(), v.minLength(1)),
  userId: v.pipe(v.string(), v.minLength(1)),
  actionIds: v.pipe(v.array(v.string()), v.minLength(1)),
});

/** A tap on a card, by its own id. */
export type CardClick = { outTrackId: string; userId: string; action: string };

/** Undefined for other events. Other programs may share the app: whose card it is says its id. */
export function cardClickOf({ type, data }: BusEvent): CardClick | undefined {
  if (type !== 'card.click') return undefined;
  const parsed = v.safeParse(Click, data);
  if (!parsed.success) return undefined;
  const { outTrackId, userId, actionIds } = parsed.output;
  return { outTrackId, userId, action: actionIds.join(',') };
}
