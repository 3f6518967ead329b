import { type Changed, changeRecord, queueChanged } from '../records/change.ts';
import type { RecordQueue } from '../records/record.ts';
import type { Approval, ApprovalStore } from './approval.ts';
import { type Action, change, type Deed, type Refusal } from './life-cycle.ts';

export type ChangeDeps = { approvals: Pick<ApprovalStore, 'get' | 'put'>; queue: RecordQueue };
export type ChangedApproval = Changed<Approval, Refusal>;

/** Changes an approval, and queues it to be followed: messages, lists, bus and whoever asked come later. */
export async function changeApproval(
  { approvals, queue }: ChangeDeps,
  id: string,
  action: Action,
  deed: Deed,
): Promise<ChangedApproval> {
  const made = (before: Approval) => change(before, action, deed);
  const changed = await changeRecord({ store: approvals, kind: 'approval' }, id, made);
  await queueChanged(queue, changed);
  return changed;
}

/** Notes the end of its time, if that came; answers the approval as it is then. */
export async function expireIfOver(deps: ChangeDeps & { now: () => number }, approval: Approval): Promise<Approval> {
  const at = deps.now();
  if (approval.status !== 'pending' || Date.parse(approval.expiresAt) > at) return approval;
  const by = { type: 'schedule' as const, id: 'expiry', via: 'schedule' as const };
  const changed = await changeApproval(deps, approval.id, { type: 'expire' }, { by, at });
  return 'record' in changed ? changed.record : approval;
}
