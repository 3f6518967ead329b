import type { Routes } from '../route.ts';

/** What the API says of itself. */
export const descriptionRoutes = {
  'GET /health': { needs: 'none', reaches: {} },
  'GET /openapi.json': { needs: 'none', reaches: {} },
  'GET /docs': { needs: 'none', reaches: {} },
  'GET /console': { needs: 'none', reaches: {} },
} as const satisfies Routes;
