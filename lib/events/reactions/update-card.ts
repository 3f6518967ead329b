import { beginningOf } from '../../base/text/characters.ts';
import { isTrial } from '../../messages/render/card.ts';
import { taskOfCard } from '../../tasks/follow/follow-card.ts';
import { cardClickOf } from '../card-click.ts';
import type { BusEvent } from '../event.ts';

type App = { cards: { update(card: { outTrackId: string; params: Record<string, string> }): Promise<void> } };

/** A card variable holds 1 KB (messaging.md §7.1). */
const fits = (text: string) => Buffer.byteLength(text) <= 1_000;
/** So begin the ids of cards that callers make to be shown who tapped. */
const OURS = 'dingdock-';
const DAY_MS = 24 * 3_600_000;

/**
 * Shows a click on the card to all readers: its variables `status` and `actor` hold the action and the person. This is not
 * done in the answer to the click, which only the clicking person sees (callbacks.md §0, fact 15). Each action of a person
 * counts once on a card: people tap again while they wait.
 */
export function updateCard({ appNamed }: { appNamed(name: string): App }) {
  return (event: BusEvent) => {
    const click = cardClickOf(event);
    if (!click?.outTrackId.startsWith(OURS)) return undefined;
    const { outTrackId, userId, action } = click;
    // The card of a task is updated by its task, and one that is tried by whoever tries it.
    if (taskOfCard(outTrackId) !== undefined || isTrial(outTrackId)) return undefined;
    return {
      usefulMs: DAY_MS,
      id: `${event.app}#card#${outTrackId}#${userId}#${action}`,
      run: () =>
        appNamed(event.app).cards.update({
          outTrackId,
          params: { status: beginningOf(action, fits), actor: beginningOf(userId, fits) },
        }),
    };
  };
}
