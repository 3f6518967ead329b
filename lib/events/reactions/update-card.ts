import { taskOfCard } from '../../tasks/follow/follow-card.ts';
import { cardClickOf } from '../card-click.ts';
import type { BusEvent } from '../event.ts';

type App = { cards: { update(card: { outTrackId: string; params: Record<string, string> }): Promise<void> } };

/** A card variable holds 1 KB (messaging.md §7.1). */
const CHARS = 256;

/**
 * A click changes the card for everybody: its variables `status` and `actor` say what was tapped and by whom. The answer
 * to the click reaches the clicking person only, and the card may not be changed inside it (callbacks.md §0, fact 15);
 * here it was given long ago. One tap counts once for each card, person and action: people tap again while they wait.
 */
export function updateCard({ appNamed }: { appNamed(name: string): App }) {
  return (event: BusEvent) => {
    const click = cardClickOf(event);
    // A task's card follows the task.
    if (!click || taskOfCard(click.outTrackId) !== undefined) return undefined;
    const { outTrackId, userId, action } = click;
    return {
      id: `${event.app}#card#${outTrackId}#${userId}#${action}`,
      run: () =>
        appNamed(event.app).cards.update({
          outTrackId,
          params: { status: action.slice(0, CHARS), actor: userId.slice(0, CHARS) },
        }),
    };
  };
}
