import { answerByCard, type CardDeps, isOnCard } from '../../approvals/tap.ts';
import { WORDS } from '../../approvals/words/words.ts';
import { type TapDeps, tapCard } from './tap-card.ts';

/** A tap on a choice is an answer of whoever tapped. */
export function tapApproval(deps: TapDeps & CardDeps) {
  return tapCard(deps, {
    letter: 'a',
    get: (id) => deps.approvals.get(id),
    owns: (approval, { id, app }) => deps.appNamed(approval.app).name === app && isOnCard(approval, id),
    tooFast: ({ language }, againInS) => WORDS[language].page.tooFast(againInS),
    tap: (approval, person, choice) => answerByCard(deps, approval, { person, choice }),
  });
}
