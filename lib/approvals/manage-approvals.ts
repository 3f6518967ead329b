import type { ApprovalList, ApprovalView } from '../../contract/answers/approvals.ts';
import type { ListApprovals } from '../../contract/requests/approvals.ts';
import { type Access, requireRecord } from '../base/access.ts';
import { InvalidInput } from '../base/errors.ts';
import { isIdOf } from '../base/ids.ts';
import { troubleIn } from '../messages/outcome.ts';
import type { MessageStore } from '../messages/store.ts';
import type { WaitDeps } from '../records/wait.ts';
import type { Approval, ApprovalStore } from './approval.ts';
import { approvalView, type ViewDeps } from './approval-view.ts';
import { awaited } from './ask-approval.ts';
import { type ChangeDeps, changeApproval, expireIfOver } from './change-approval.ts';
import { LISTS } from './follow.ts';

type Deps = ChangeDeps & ViewDeps & WaitDeps;

const PAGE = 25;

type OutcomeDeps = { messages: Pick<MessageStore, 'states'>; now: () => number };

/** An approval with the trouble of the messages that asked and that told the end. */
async function withOutcomes({ messages, now }: OutcomeDeps, approval: Approval): Promise<Approval> {
  const { messageId, newsId, cardId, cardEndId } = approval;
  const ids = [messageId, newsId, cardId, cardEndId].filter((id) => id !== undefined);
  const states = ids.length === 0 ? undefined : await messages.states(ids);
  const message = troubleIn([...(states?.values() ?? [])].flat(), now());
  return message ? { ...approval, troubles: { message, ...approval.troubles } } : approval;
}

/** An approval, for keys that may see it, once it is decided or `waitMs` are over. Tells of messages that were not sent. */
export async function getApproval(
  deps: Deps & OutcomeDeps,
  { id, access, waitMs }: { id: string; access: Access; waitMs: number },
): Promise<ApprovalView> {
  const until = deps.now() + waitMs;
  const found = await expireIfOver(deps, await findApproval(deps, { id, access }));
  return approvalView(deps, await withOutcomes(deps, await awaited(deps, found, until)), access);
}

export async function listApprovals(
  deps: ViewDeps & { approvals: Pick<ApprovalStore, 'list'> },
  { status = 'pending', limit = PAGE, cursor }: ListApprovals,
): Promise<ApprovalList> {
  const { approvals, ...next } = await deps.approvals.list(LISTS[status], { limit, cursor });
  return { approvals: approvals.map((approval) => approvalView(deps, approval)), ...next };
}

/** Takes a question back. @throws InvalidInput `approval_closed` once it is decided or expired */
export async function withdrawApproval(deps: Deps, id: string, access: Access): Promise<ApprovalView> {
  const found = await findApproval(deps, { id, access, toChange: true });
  const by = { type: 'key' as const, id: access.caller, via: 'api' as const };
  const before = await expireIfOver(deps, found);
  const changed = await changeApproval(deps, before.id, { type: 'withdraw' }, { by, at: deps.now() });
  if ('missing' in changed) throw unknownApproval(id);
  if ('same' in changed) return approvalView(deps, changed.record, access);
  const message = `the approval is ${changed.record.status} already`;
  throw new InvalidInput('approvals.withdraw', 'approval_closed', [{ path: 'id', code: 'approval_closed', message }]);
}

async function findApproval(
  { approvals }: { approvals: Pick<ApprovalStore, 'get'> },
  { id, access, toChange = false }: { id: string; access: Access; toChange?: boolean },
): Promise<Approval> {
  const approval = isIdOf('a', id) ? await approvals.get(id) : undefined;
  if (!approval) throw unknownApproval(id);
  const { caller: owner, to: destinations, approvers, asker, app } = approval;
  const people = [...approvers.people, ...(asker ? [asker] : [])].map(({ userId }) => userId);
  requireRecord(access, { owner, destinations, ...(toChange && { people, app }) });
  return approval;
}

function unknownApproval(id: string): InvalidInput {
  const fault = { path: 'id', code: 'unknown_approval', message: `no approval has the id "${id}"` };
  return new InvalidInput('approvals.get', 'unknown_approval', [fault]);
}
