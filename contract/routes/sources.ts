import { input } from '../faults.ts';
import { PutSource } from '../requests/sources.ts';
import type { Routes } from '../route.ts';

const named = { records: ['path.name'] } as const;
const bySource = { records: ['path.source'] } as const;
const byKey = { records: ['path.source', 'path.key'] } as const;

export const sourceRoutes = {
  'GET /sources': { needs: 'sources:read', reaches: { all: true } },
  'PUT /sources/{name}': {
    needs: 'sources:write',
    reaches: {
      records: ['path.name'],
      destinations: ['body.to', 'body.incidents.rules.to'],
      people: ['body.incidents.next.people'],
    },
    body: input(PutSource),
  },
  'GET /sources/{name}': { needs: 'sources:read', reaches: named },
  'DELETE /sources/{name}': { needs: 'sources:write', reaches: named },
  'POST /sources/{name}/preview': { needs: 'sources:read', reaches: named },
} as const satisfies Routes;

/** Where senders deliver. receive-source proves each by its key, and by its signature where it has one. */
export const senderRoutes = {
  'POST /in/{source}': { needs: 'none', reaches: bySource },
  'PUT /in/{source}': { needs: 'none', reaches: bySource },
  'POST /in/{source}/{key}': { needs: 'none', reaches: byKey },
  'PUT /in/{source}/{key}': { needs: 'none', reaches: byKey },
  'POST /robot/send': { needs: 'none', reaches: {} },
} as const satisfies Routes;
