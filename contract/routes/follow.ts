import { input } from '../faults.ts';
import { ChangeMessage, ListMessages } from '../requests/messages.ts';
import type { Routes } from '../route.ts';

const record = { records: ['path.id'] } as const;

export const followRoutes = {
  'GET /messages': {
    needs: 'messages:read',
    reaches: { all: true, destinations: ['query.to'] },
    query: input(ListMessages),
  },
  'PATCH /messages/{id}': { needs: 'messages:send', reaches: record, body: input(ChangeMessage) },
  'POST /messages/{id}/recall': { needs: 'messages:send', reaches: record },
  'GET /messages/{id}/receipts': { needs: 'messages:read', reaches: record },
} as const satisfies Routes;
