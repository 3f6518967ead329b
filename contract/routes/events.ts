import { input } from '../faults.ts';
import { ReplyBy, ReplyToEvent } from '../requests/events.ts';
import type { Routes } from '../route.ts';

export const eventRoutes = {
  'POST /events/{id}/reply': {
    needs: 'events:reply',
    reaches: {
      records: ['path.id'],
      apps: ['query.app'],
      mentions: ['body.mention.users', 'body.mention.mobiles', 'body.mention.all'],
    },
    query: input(ReplyBy),
    body: input(ReplyToEvent),
  },
} as const satisfies Routes;
