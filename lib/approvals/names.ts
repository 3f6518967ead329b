import type { By } from '../base/people/by.ts';
import type { Approval } from './approval.ts';
import type { Words } from './words/zh.ts';

type People = Pick<Approval, 'approvers' | 'asker'>;

/** What people call an approval. */
export function approvalName({ code, question }: Pick<Approval, 'code' | 'question'>): string {
  return `${code} ${question}`;
}

export function labelOf({ choices }: Pick<Approval, 'choices'>, id: string): string {
  return choices.find((choice) => choice.id === id)?.label ?? id;
}

/** What people call a person of an approval. */
export function personName(approval: People, userId: string, { who }: Words): string {
  const found = peopleOf(approval).find((person) => person.userId === userId);
  return found ? (found.name ?? userId) : who.someone;
}

/** Who did something: a person, or the app in whose name a key acts. People never read the name of a key. */
export function actorName(approval: Approval, by: By, words: Words): string {
  if (by.type === 'person') return personName(approval, by.id, words);
  return by.type === 'schedule' ? words.who.time : approval.sender;
}

/** Whether a person may see an approval; to others it does not exist. */
export function isConcerned(approval: People, userId: string): boolean {
  return peopleOf(approval).some((person) => person.userId === userId);
}

/** How it ended, in words. */
export function outcomeOf(approval: Approval, words: Words): string {
  const { decision, status } = approval;
  return decision ? labelOf(approval, decision.choice) : words.status[status];
}

function peopleOf({ approvers, asker }: People) {
  return [...approvers.people, ...(asker ? [asker] : [])];
}
