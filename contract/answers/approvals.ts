import * as v from 'valibot';
import { approvalEntries } from '../records/approvals.ts';

export const ApprovalLinks = v.object({
  self: v.string(),
  message: v.optional(v.string()),
  page: v.string(),
  pages: v.optional(v.record(v.string(), v.string())),
});

export const ApprovalView = v.object({ ...approvalEntries, links: ApprovalLinks });
export type ApprovalView = v.InferOutput<typeof ApprovalView>;

export const ApprovalList = v.object({ approvals: v.array(ApprovalView), cursor: v.optional(v.string()) });
export type ApprovalList = v.InferOutput<typeof ApprovalList>;
