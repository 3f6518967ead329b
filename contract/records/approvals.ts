import * as v from 'valibot';
import { By } from '../../lib/base/people/by.ts';
import { Trouble } from '../../lib/base/trouble.ts';
import { Person } from './tasks.ts';

/** What can be answered. `comment`: only with words beside it. */
export const Choice = v.object({ id: v.string(), label: v.string(), comment: v.optional(v.boolean()) });
export type Choice = v.InferOutput<typeof Choice>;

/** `decided`: `decision` says what for. `expired` is no answer, and never a yes. */
export const ApprovalStatus = v.picklist(['pending', 'decided', 'expired', 'withdrawn']);
export type ApprovalStatus = v.InferOutput<typeof ApprovalStatus>;

export const OnExpire = v.picklist(['expire', 'reject']);

/** What one approver answered last. */
export const Answer = v.object({
  userId: v.string(),
  choice: v.string(),
  at: v.string(),
  comment: v.optional(v.string()),
});
export type Answer = v.InferOutput<typeof Answer>;

/** The one decision: the choice, and whose answer completed it. */
export const Decision = v.object({ choice: v.string(), at: v.string(), by: By, comment: v.optional(v.string()) });
export type Decision = v.InferOutput<typeof Decision>;

/**
 * What became of the answer to a task of Step Functions. `unknown`: a call was made and its own answer never came, so the
 * task has it, or was over before.
 */
export const TaskAnswer = v.object({
  status: v.picklist(['waiting', 'given', 'refused', 'unknown']),
  at: v.optional(v.string()),
  code: v.optional(v.string()),
});
export type TaskAnswer = v.InferOutput<typeof TaskAnswer>;

export const ApprovalEntry = v.object({
  version: v.number(),
  at: v.string(),
  by: By,
  action: v.picklist(['asked', 'answered', 'decided', 'expired', 'withdrawn']),
  choice: v.optional(v.string()),
  comment: v.optional(v.string()),
});
export type ApprovalEntry = v.InferOutput<typeof ApprovalEntry>;

export const Approvers = v.object({
  people: v.array(Person),
  quorum: v.number(),
  excludeAsker: v.optional(v.boolean()),
});

/** What callers see of an approval's record. */
export const approvalEntries = {
  id: v.string(),
  code: v.string(),
  createdAt: v.string(),
  app: v.optional(v.string()),
  question: v.string(),
  details: v.optional(v.string()),
  data: v.optional(v.record(v.string(), v.unknown())),
  choices: v.array(Choice),
  approvers: Approvers,
  asker: v.optional(Person),
  to: v.array(v.string()),
  expiresAt: v.string(),
  onExpire: OnExpire,
  status: ApprovalStatus,
  decision: v.optional(Decision),
  answers: v.array(Answer),
  version: v.number(),
  history: v.array(ApprovalEntry),
  stepFunctions: v.optional(TaskAnswer),
  troubles: v.optional(v.record(v.string(), Trouble)),
};
