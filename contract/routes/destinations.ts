import { input } from '../faults.ts';
import { Destination } from '../requests/destinations.ts';
import type { Routes } from '../route.ts';

const named = { destinations: ['path.name'] } as const;

export const destinationRoutes = {
  'PUT /destinations/{name}': {
    needs: 'destinations:write',
    reaches: {
      ...named,
      targets: true,
      people: ['body.userIds', 'body.departmentIds', 'body.all', 'body.sender'],
      apps: ['body.app'],
      groups: ['body.accessToken', 'body.robots.accessToken', 'body.openConversationId', 'body.chatId', 'body.cid'],
    },
    body: input(Destination),
  },
  'GET /destinations/{name}': { needs: 'destinations:read', reaches: named },
  'DELETE /destinations/{name}': { needs: 'destinations:write', reaches: { ...named, targets: true } },
} as const satisfies Routes;
