import { input } from '../faults.ts';
import { ListConversations } from '../requests/conversations.ts';
import type { Routes } from '../route.ts';

export const conversationRoutes = {
  'GET /conversations': {
    needs: 'destinations:read',
    reaches: { all: true, apps: ['query.app'] },
    query: input(ListConversations),
  },
} as const satisfies Routes;
