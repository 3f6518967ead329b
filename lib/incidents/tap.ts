import { isCardOf } from '../messages/render/card.ts';
import { type ChangeDeps, tapIncident } from './change-incident.ts';
import type { Incident } from './incident.ts';
import { isTap, saidOfTap } from './robot.ts';
import { WORDS } from './words/words.ts';

export type CardDeps = ChangeDeps;

/** Whether a card is the incident's; `later` while it is open and a card of it may not be noted. */
export function isOnCard({ shown = {}, to, fired, state }: Incident, card: string): boolean | 'later' {
  if (Object.values(shown).some(({ opening }) => isCardOf(card, opening))) return true;
  const isNoted = to.every((name) => shown[name]?.fired === fired);
  return !isNoted && state !== 'resolved' && 'later';
}

/** Takes or silences it for the person who tapped, and says what became of it: the card may show it a minute later. */
export async function tapByCard(
  deps: CardDeps,
  { id, language }: Incident,
  { person, tap }: { person: string; tap: string },
): Promise<string | undefined> {
  if (!isTap(tap)) return undefined;
  const changed = await tapIncident(deps, id, tap, { userId: person, via: 'card' });
  return 'missing' in changed ? undefined : saidOfTap(changed, tap, WORDS[language]);
}
