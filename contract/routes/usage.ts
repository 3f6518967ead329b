import type { Routes } from '../route.ts';

/** What a caller may do, and what the stage has left. */
export const usageRoutes = {
  'GET /grant': { needs: 'key', reaches: {} },
  'GET /usage': { needs: 'messages:read', reaches: { all: true } },
} as const satisfies Routes;
