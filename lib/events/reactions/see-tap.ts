import { isTrial } from '../../messages/render/card.ts';
import { cardClickOf } from '../card-click.ts';
import type { BusEvent } from '../event.ts';

export type SeeTapDeps = {
  buttons: { tapped(card: string, tap: { app: string; userId: string; at: number }): Promise<void> };
  now: () => number;
};

/** `dingdock doctor --card` sent a card to see whether a tap on it comes back: here it does. */
export function seeTap({ buttons, now }: SeeTapDeps) {
  return (event: BusEvent) => {
    const click = cardClickOf(event);
    if (!click || !isTrial(click.outTrackId)) return undefined;
    const { outTrackId, userId } = click;
    return { run: () => buttons.tapped(outTrackId, { app: event.app, userId, at: now() }) };
  };
}
