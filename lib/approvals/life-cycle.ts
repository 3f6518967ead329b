import type { By } from '../base/people/by.ts';
import type { Change } from '../records/change.ts';
import { shortened } from '../records/history.ts';
import type { Answer, Approval, ApprovalEntry, Decision } from './approval.ts';

/** A change of an approval. */
export type Action = { type: 'answer'; choice: string } | { type: 'expire' } | { type: 'withdraw' };

/** Who makes the change, when (epoch ms), and their comment. */
export type Deed = { by: By; at: number; comment?: string | undefined };

/** Why a change is refused in the approval's current state. */
export type Refusal = 'not_an_approver' | 'approval_closed' | 'unknown_choice' | 'comment_missing' | 'not_due';

/** How much history a record keeps, beside 230 kB of answers, data and people at most (bytes of JSON). */
const KEPT_BYTES = 50_000;

/** One person is enough for this choice, whatever the quorum. */
export const REJECT = 'reject';

/** Whether it waits for an answer no more. */
export function isClosed({ status }: Pick<Approval, 'status'>): boolean {
  return status !== 'pending';
}

/** Whether the time for answers is over (epoch ms). */
export function isOver({ expiresAt }: Pick<Approval, 'expiresAt'>, at: number): boolean {
  return Date.parse(expiresAt) <= at;
}

/** Who may answer: not whoever asks, where that is excluded. */
export function mayAnswer({ approvers, asker }: Pick<Approval, 'approvers' | 'asker'>): string[] {
  const ids = approvers.people.map(({ userId }) => userId);
  return approvers.excludeAsker ? ids.filter((userId) => userId !== asker?.userId) : ids;
}

/**
 * The approval after a change. It is decided once: by the answer that completes the quorum of a choice, or by one
 * rejection. An answer after the end of its time counts for nothing, also when nobody has noted that end yet.
 */
export function change(approval: Approval, action: Action, deed: Deed): Change<Approval, Refusal> {
  if (action.type === 'answer') return answer(approval, action.choice, deed);
  if (isClosed(approval)) return action.type === 'expire' ? { same: true } : refusedOr(approval, action);
  if (action.type === 'withdraw') return noted({ ...approval, status: 'withdrawn' }, 'withdrawn', deed);
  if (!isOver(approval, deed.at)) return { refused: 'not_due' };
  return noted(expired(approval, deed), 'expired', deed);
}

function refusedOr({ status }: Approval, { type }: Action): Change<Approval, Refusal> {
  return type === 'withdraw' && status === 'withdrawn' ? { same: true } : { refused: 'approval_closed' };
}

function answer(approval: Approval, choiceId: string, deed: Deed): Change<Approval, Refusal> {
  const { id: userId } = deed.by;
  if (!mayAnswer(approval).includes(userId)) return { refused: 'not_an_approver' };
  const mine = approval.answers.find((each) => each.userId === userId);
  if (mine?.choice === choiceId) return { same: true };
  if (isClosed(approval) || isOver(approval, deed.at)) return { refused: 'approval_closed' };
  const choice = approval.choices.find(({ id }) => id === choiceId);
  if (!choice) return { refused: 'unknown_choice' };
  const comment = deed.comment?.trim() || undefined;
  if (choice.comment && comment === undefined) return { refused: 'comment_missing' };

  const at = new Date(deed.at).toISOString();
  const said: Answer = { userId, choice: choiceId, at, ...(comment !== undefined && { comment }) };
  const answers = [...approval.answers.filter((each) => each !== mine), said];
  const votes = answers.filter((each) => each.choice === choiceId).length;
  const isDecided = choiceId === REJECT || votes >= approval.approvers.quorum;
  const decision: Decision = { choice: choiceId, at, by: deed.by, ...(comment !== undefined && { comment }) };
  const after = isDecided ? { ...approval, answers, status: 'decided' as const, decision } : { ...approval, answers };
  return noted(after, isDecided ? 'decided' : 'answered', { ...deed, comment }, choiceId);
}

/** What the end of its time makes of it: a rejection where the asker wants that, else an end without a decision. */
function expired(approval: Approval, { by, at }: Deed): Approval {
  if (approval.onExpire !== 'reject') return { ...approval, status: 'expired' };
  return { ...approval, status: 'decided', decision: { choice: REJECT, at: new Date(at).toISOString(), by } };
}

function noted(
  after: Approval,
  action: ApprovalEntry['action'],
  { by, at, comment }: Deed,
  choice?: string,
): Change<Approval, Refusal> {
  const version = after.version + 1;
  const entry: ApprovalEntry = {
    version,
    at: new Date(at).toISOString(),
    by,
    action,
    ...(choice !== undefined && { choice }),
    ...(comment !== undefined && { comment }),
  };
  return { record: { ...after, version, history: shortened([...after.history, entry], KEPT_BYTES) } };
}
