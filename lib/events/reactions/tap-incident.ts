import { type CardDeps, isOnCard, tapByCard } from '../../incidents/tap.ts';
import { WORDS } from '../../incidents/words/words.ts';
import { type TapDeps, tapCard } from './tap-card.ts';

/** A tap on an incident's card takes or silences it for whoever tapped, if they are of its organisation. */
export function tapIncident(deps: TapDeps & CardDeps) {
  return tapCard(deps, {
    letter: 'i',
    get: (id) => deps.incidents.get(id),
    owns: (incident, { id }) => isOnCard(incident, id),
    tooFast: ({ language }, againInS) => WORDS[language].page.tooFast(againInS),
    tap: (incident, person, tap) => tapByCard(deps, incident, { person, tap }),
  });
}
