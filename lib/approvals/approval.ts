import * as v from 'valibot';
import { approvalEntries, TaskAnswer } from '../../contract/records/approvals.ts';
import { CardForm } from '../messages/render/card.ts';
import type { ClaimCode } from '../records/codes.ts';
import { type RecordStore, ViewState } from '../records/record.ts';

export type {
  Answer,
  ApprovalEntry,
  ApprovalStatus,
  Choice,
  Decision,
  TaskAnswer,
} from '../../contract/records/approvals.ts';

/** What the worker that follows an approval notes. */
export const Followed = v.object({
  ...ViewState.entries,
  /** The message that asked, and the one that told the end. */
  messageId: v.optional(v.string()),
  newsId: v.optional(v.string()),
  /** The same where it is asked by a card with buttons: the message that is the card, and the one that changed it. */
  cardId: v.optional(v.string()),
  cardEndId: v.optional(v.string()),
  /** When those who had not answered were asked once more (epoch ms). */
  remindedAt: v.optional(v.number()),
  /** The list that holds the approval. */
  list: v.optional(v.string()),
  stepFunctions: v.optional(TaskAnswer),
});
export type Followed = v.InferOutput<typeof Followed>;

/** A question to people, their answers, and the one decision. Times are ISO 8601. It is one item. */
export const Approval = v.object({
  ...approvalEntries,
  /** Whose it is: the owner of the key that asked. */
  caller: v.string(),
  requestHash: v.string(),
  /** The destinations that are asked by a card with buttons, and its form. */
  card: v.optional(v.object({ ...CardForm.entries, to: v.array(v.string()) })),
  /** Of the task that waits: nobody is shown it. */
  taskToken: v.optional(v.string()),
  /** Where the people of its app are, how they read, and what they know it as: pages do not read the apps' secret. */
  timeZone: v.string(),
  language: v.picklist(['zh', 'en']),
  sender: v.string(),
  /** Their organisation: who signs in there is one of them. */
  corpId: v.optional(v.string()),
  ...Followed.entries,
});
export type Approval = v.InferOutput<typeof Approval>;

export type ApprovalPage = { approvals: Approval[]; cursor?: string };

/** Stores approvals. */
export type ApprovalStore = RecordStore<Approval, Partial<Followed>> & {
  claimCode: ClaimCode;
  /** The approval that a code stands for. */
  byCode(code: string): Promise<Approval | undefined>;
  /** Puts an approval on the list of its state, in place of the other; the newest come first. */
  enlist(approval: Approval, list: string): Promise<void>;
  list(list: string, page: { cursor?: string | undefined; limit: number }): Promise<ApprovalPage>;
};
