import { input } from '../faults.ts';
import { ListIncidents } from '../requests/incidents.ts';
import type { Routes } from '../route.ts';

export const incidentRoutes = {
  'GET /incidents': { needs: 'sources:read', reaches: { all: true }, query: input(ListIncidents) },
  'GET /incidents/{id}': { needs: 'sources:read', reaches: { records: ['path.id'] } },
} as const satisfies Routes;
