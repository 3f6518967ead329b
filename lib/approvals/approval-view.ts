import * as v from 'valibot';
import { ApprovalView } from '../../contract/answers/approvals.ts';
import { type Access, mayActAs } from '../base/access.ts';
import { defined } from '../base/defined.ts';
import type { Approval } from './approval.ts';
import { mayAnswer } from './life-cycle.ts';

export type ViewDeps = { approvalUrl(record: Pick<Approval, 'id' | 'app'>, userId?: string): string };

/**
 * An approval as callers see it. `links.pages` are the approvers' own, each signed for one person: who holds one answers as
 * that person, so they are for keys that may ask those people, and no list has them.
 */
export function approvalView({ approvalUrl }: ViewDeps, approval: Approval, access?: Access): ApprovalView {
  const { id, cardId, messageId = cardId, app } = approval;
  const message = messageId && `/messages/${messageId}`;
  const theirs = mayAnswer(approval).filter(
    (userId) => access && mayActAs(access, { userId, app, scope: 'approvals:write' }),
  );
  const pages =
    theirs.length > 0 && Object.fromEntries(theirs.map((userId) => [userId, approvalUrl(approval, userId)]));
  const links = {
    self: `/approvals/${id}`,
    page: approvalUrl(approval),
    ...defined({ message }),
    ...(pages && { pages }),
  };
  return v.parse(ApprovalView, { ...approval, links });
}
