import * as v from 'valibot';
import { conversationRoutes } from '../../contract/routes/conversations.ts';
import { appsEnv, callersEnv, conversationsEnv, readConfig } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { callerPorts } from '../../lib/compose/clients.ts';
import { conversationTable } from '../../lib/compose/events.ts';
import { loadApps } from '../../lib/compose/secret.ts';
import { listConversations } from '../../lib/events/list-conversations.ts';
import { callersBy } from '../../lib/lambda/callers.ts';
import { httpHandler } from '../../lib/lambda/http.ts';

const ready = once(async () => {
  const config = readConfig(v.object({ ...appsEnv, ...conversationsEnv }), process.env);
  const { apps } = await loadApps(config);
  return { conversations: conversationTable(config), defaultApp: apps[0]?.name ?? '' };
});

const callers = once(async () => callersBy(callerPorts(readConfig(v.object(callersEnv), process.env))));

export const handler = httpHandler({
  ready,
  callers,
  log: createLog('list-conversations', process.env.STAGE),
  routes: conversationRoutes,
  handlers: {
    'GET /conversations': async (deps, { query }) => ({ status: 200, body: await listConversations(deps, query) }),
  },
});
