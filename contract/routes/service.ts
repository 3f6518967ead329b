import type { Routes } from '../route.ts';

export const descriptionRoutes = { 'GET /openapi.json': { needs: 'none', reaches: {} } } as const satisfies Routes;

export const healthRoutes = { 'GET /health': { needs: 'none', reaches: {} } } as const satisfies Routes;
