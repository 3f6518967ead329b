import { ListConversations } from '../requests/conversations.ts';
import { type Routes, texts } from '../route.ts';

export const conversationRoutes = {
  'GET /conversations': {
    needs: 'destinations:read',
    reaches: { all: true, apps: ['query.app'] },
    query: texts(ListConversations),
  },
} as const satisfies Routes;
