import { input } from '../faults.ts';
import { AskApproval, ListApprovals } from '../requests/approvals.ts';
import type { Routes } from '../route.ts';

const record = { records: ['path.id'] } as const;

export const approvalRoutes = {
  'POST /approvals': {
    needs: 'approvals:write',
    reaches: {
      destinations: ['body.to'],
      people: ['body.approvers.people', 'body.asker'],
      apps: ['body.app'],
    },
    body: input(AskApproval),
  },
  'GET /approvals': { needs: 'approvals:read', reaches: { all: true }, query: input(ListApprovals) },
  'GET /approvals/{id}': { needs: 'approvals:read', reaches: record },
  'DELETE /approvals/{id}': { needs: 'approvals:write', reaches: record },
} as const satisfies Routes;
