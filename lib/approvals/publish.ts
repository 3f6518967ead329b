import type { Approval, Followed } from './approval.ts';
import { isClosed } from './life-cycle.ts';

/** An approval's event on the bus; `raw` is empty, since it holds DingTalk's own JSON. */
export type ApprovalEvent = {
  id: string;
  type: 'approval.asked' | 'approval.decided';
  app: string;
  occurredAt: string;
  data: Record<string, unknown>;
  raw: string;
};
export type ApprovalBus = { publish(event: ApprovalEvent): Promise<void> };

/**
 * Publishes that it was asked, and what became of it: also when it expired or was withdrawn, which `status` says. The ids
 * are the same at each try.
 */
export async function publishApproval(bus: ApprovalBus, app: string, approval: Approval): Promise<Partial<Followed>> {
  const [first] = approval.history;
  const last = approval.history.at(-1);
  if ((approval.reached.bus ?? 0) === 0 && first) {
    const data = { ...dataOf(approval), status: 'pending', answers: [] };
    await bus.publish({ id: `${approval.id}#asked`, type: 'approval.asked', app, occurredAt: first.at, data, raw: '' });
  }
  if (isClosed(approval) && last) {
    await bus.publish({
      id: `${approval.id}#decided`,
      type: 'approval.decided',
      app,
      occurredAt: last.at,
      data: outcomeData(approval),
      raw: '',
    });
  }
  return {};
}

/** What whoever asked is told of how it ended. */
export function outcomeData(approval: Approval): Record<string, unknown> {
  const { decision, answers, status } = approval;
  return { ...dataOf(approval), status, ...(decision && { decision }), answers };
}

function dataOf(approval: Approval): Record<string, unknown> {
  const { id, code, question, choices, approvers, asker, data, expiresAt } = approval;
  const people = approvers.people.map(({ userId }) => userId);
  return {
    approvalId: id,
    code,
    question,
    choices: choices.map((choice) => choice.id),
    approvers: people,
    quorum: approvers.quorum,
    ...(asker && { asker: asker.userId }),
    ...(data && { data }),
    expiresAt,
  };
}
