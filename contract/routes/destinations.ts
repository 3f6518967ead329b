import * as v from 'valibot';
import { input } from '../faults.ts';
import { Destination, ListDestinations, PastedRobot, PutDestination } from '../requests/destinations.ts';
import type { Input, Routes } from '../route.ts';

const Pasted = v.looseObject({ webhook: v.unknown(), accessToken: v.optional(v.undefined()) });

/** Reads a pasted robot as the custom robot that it is, and tells its faults by the names that were given. */
const putDestination: Input<typeof PutDestination, Destination> = {
  schema: PutDestination,
  read(given) {
    if (!v.is(Pasted, given)) return input(Destination).read(given);
    const pasted = input(PastedRobot).read(given);
    if (Array.isArray(pasted)) return pasted;
    const { webhook: accessToken, ...robot } = pasted.value;
    return { value: { ...robot, kind: 'custom-robot', accessToken } };
  },
};

const named = { destinations: ['path.name'] } as const;

export const destinationRoutes = {
  'GET /destinations': { needs: 'destinations:read', reaches: { all: true }, query: input(ListDestinations) },
  'PUT /destinations/{name}': {
    needs: 'destinations:write',
    reaches: {
      destinations: ['path.name', 'body.fallback.to'],
      targets: true,
      people: ['body.userIds', 'body.departmentIds', 'body.all', 'body.sender'],
      apps: ['body.app'],
      groups: [
        'body.accessToken',
        'body.webhook',
        'body.robots.accessToken',
        'body.openConversationId',
        'body.chatId',
        'body.cid',
      ],
    },
    body: putDestination,
  },
  'GET /destinations/{name}': { needs: 'destinations:read', reaches: named },
  'DELETE /destinations/{name}': { needs: 'destinations:write', reaches: { ...named, targets: true } },
} as const satisfies Routes;
