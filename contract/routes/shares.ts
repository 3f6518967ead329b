import { input } from '../faults.ts';
import { ListShares } from '../requests/shares.ts';
import type { Routes } from '../route.ts';

const record = { records: ['path.id'] } as const;

export const shareRoutes = {
  'GET /shares': { needs: 'files:read', reaches: { all: true }, query: input(ListShares) },
  'GET /shares/{id}': { needs: 'files:read', reaches: record },
  'DELETE /shares/{id}/link': { needs: 'files:share', reaches: record },
} as const satisfies Routes;
