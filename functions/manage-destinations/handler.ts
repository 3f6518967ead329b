import * as v from 'valibot';
import { destinationRoutes } from '../../contract/routes/destinations.ts';
import {
  appsEnv,
  callersEnv,
  consoleEnv,
  conversationsEnv,
  destinationsEnv,
  fallbackEnv,
  ownKeysEnv,
  readConfig,
} from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { appFaults } from '../../lib/compose/apps.ts';
import { callerPorts } from '../../lib/compose/clients.ts';
import { conversationTable } from '../../lib/compose/events.ts';
import { destinationTable } from '../../lib/compose/messages.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { consolePorts } from '../../lib/compose/visitors.ts';
import { callersBy } from '../../lib/lambda/callers.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import {
  bindingFaults,
  getDestination,
  listDestinations,
  putDestination,
  removeDestination,
} from '../../lib/messages/manage-destinations.ts';

const ready = once(async () => {
  const config = readConfig(
    v.object({ ...destinationsEnv, ...conversationsEnv, ...appsEnv, ...fallbackEnv }),
    process.env,
  );
  const secret = await loadSecrets(config);
  return {
    destinations: destinationTable(config, secret),
    conversations: conversationTable(config),
    defaultApp: secret.apps[0]?.name ?? '',
    appFaults: appFaults(secret),
    fallbackTopicArn: config.FALLBACK_TOPIC_ARN,
  };
});

const callers = once(async () => {
  const config = readConfig(v.object({ ...callersEnv, ...consoleEnv, ...ownKeysEnv }), process.env);
  return callersBy({ ...callerPorts(config), console: consolePorts(config) });
});

export const handler = httpHandler({
  ready,
  callers,
  log: createLog('manage-destinations', process.env.STAGE),
  routes: destinationRoutes,
  handlers: {
    'GET /destinations': async (deps, { query }) => ({ status: 200, body: await listDestinations(deps, query) }),
    'PUT /destinations/{name}': {
      check: bindingFaults,
      run: async (deps, { id: name, access, body }) => ({
        status: 200,
        body: await putDestination(deps, { name, destination: body, access }),
      }),
    },
    'GET /destinations/{name}': async (deps, { id, access }) => ({
      status: 200,
      body: await getDestination(deps, id, access),
    }),
    async 'DELETE /destinations/{name}'(deps, { id: name, access }) {
      await removeDestination(deps, { name, access });
      return { status: 204 };
    },
  },
});
