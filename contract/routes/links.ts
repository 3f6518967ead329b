import type { Routes } from '../route.ts';

const record = { records: ['path.id'] } as const;

export const linkRoutes = {
  'GET /f/{id}': { needs: 'none', reaches: { objects: ['path.id'] } },
  'HEAD /f/{id}': { needs: 'none', reaches: { objects: ['path.id'] } },
  'GET /t/{id}': { needs: 'none', reaches: record },
  'POST /t/{id}': { needs: 'none', reaches: record },
  'GET /a/{id}': { needs: 'none', reaches: record },
  'POST /a/{id}': { needs: 'none', reaches: record },
  'GET /i/{id}': { needs: 'none', reaches: record },
  'POST /i/{id}': { needs: 'none', reaches: record },
} as const satisfies Routes;
