import type { Routes } from './route.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { destinationRoutes } from './routes/destinations.ts';
import { eventRoutes } from './routes/events.ts';
import { followRoutes } from './routes/follow.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { linkRoutes } from './routes/links.ts';
import { messageRoutes } from './routes/send.ts';
import { descriptionRoutes } from './routes/service.ts';
import { shareRoutes } from './routes/shares.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { senderRoutes, sourceRoutes } from './routes/sources.ts';
import { taskRoutes } from './routes/tasks.ts';
import { uploadRoutes } from './routes/upload.ts';
import { usageRoutes } from './routes/usage.ts';

/** DingTalk's own; receive-callback proves each call itself. */
const callbackRoutes = Object.fromEntries(
  ['events', 'robot', 'cards'].flatMap((door) => [
    [`POST /dingtalk/${door}`, { needs: 'none', reaches: {} }],
    [`POST /dingtalk/{app}/${door}`, { needs: 'none', reaches: { apps: ['path.app'] } }],
  ]),
) satisfies Routes;

/** The routes that callers have. */
export const CALLER_ROUTES = {
  ...messageRoutes,
  ...followRoutes,
  ...eventRoutes,
  ...taskRoutes,
  ...approvalRoutes,
  ...uploadRoutes,
  ...shareRoutes,
  ...destinationRoutes,
  ...conversationRoutes,
  ...sourceRoutes,
  ...incidentRoutes,
  ...usageRoutes,
  ...descriptionRoutes,
  'GET /f/{id}': linkRoutes['GET /f/{id}'],
  'HEAD /f/{id}': linkRoutes['HEAD /f/{id}'],
} as const satisfies Routes;
/** All routes. */
export const ROUTES: Routes = { ...CALLER_ROUTES, ...linkRoutes, ...signInRoutes, ...senderRoutes, ...callbackRoutes };
