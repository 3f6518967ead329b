import type { DeedPace } from '../base/people/deed-pace.ts';
import { isCardOf } from '../messages/render/card.ts';
import type { Approval } from './approval.ts';
import { isClosed, mayAnswer } from './life-cycle.ts';
import { isConcerned } from './names.ts';
import { type ActDeps, act } from './robot.ts';
import { WORDS } from './words/words.ts';

export type CardDeps = ActDeps & {
  deeds: Pick<DeedPace, 'mayTell'>;
  approvalUrl(record: Pick<Approval, 'id' | 'app'>, userId: string): string;
};

/** Whether a card is the approval's; `later` while it is asked and its card not noted. */
export function isOnCard(approval: Approval, card: string): boolean | 'later' {
  const { cardId } = approval;
  if (cardId !== undefined) return isCardOf(card, cardId);
  return approval.card !== undefined && !isClosed(approval) && 'later';
}

/**
 * Answers for the person who tapped a choice on the approval's card. They are told what the card does not show: that others
 * have to answer too, or why it counts for nothing; an approver with the way to their own page.
 */
export async function answerByCard(
  deps: CardDeps,
  found: Approval,
  { person, choice }: { person: string; choice: string },
): Promise<string | undefined> {
  const words = WORDS[found.language];
  // a group has many who may tap, and each word to them is a call
  if (!isConcerned(found, person))
    return (await deps.deeds.mayTell(person)) ? words.robot.unknown(found.code) : undefined;
  const { changed, text } = await act(deps, { found, person, choice, comment: '', via: 'card' }, words);
  const isShown = 'same' in changed && (changed.same || isClosed(changed.record));
  if (isShown) return undefined;
  return mayAnswer(found).includes(person) ? `${text}\n${deps.approvalUrl(found, person)}` : text;
}
