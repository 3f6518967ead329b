import * as v from 'valibot';
import { destinationRoutes } from '../../contract/routes/destinations.ts';
import { appsEnv, callersEnv, destinationsEnv, readConfig } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { appFaults } from '../../lib/compose/apps.ts';
import { callerPorts } from '../../lib/compose/clients.ts';
import { destinationTable } from '../../lib/compose/messages.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { callersBy } from '../../lib/lambda/callers.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import {
  getDestination,
  putDestination,
  removeDestination,
  unknownAppFaults,
} from '../../lib/messages/manage-destinations.ts';

const ready = once(async () => {
  const config = readConfig(v.object({ ...destinationsEnv, ...appsEnv }), process.env);
  const secret = await loadSecrets(config);
  return { destinations: destinationTable(config, secret), appFaults: appFaults(secret) };
});

const callers = once(async () => callersBy(callerPorts(readConfig(v.object(callersEnv), process.env))));

export const handler = httpHandler({
  ready,
  callers,
  log: createLog('manage-destinations', process.env.STAGE),
  routes: destinationRoutes,
  handlers: {
    'PUT /destinations/{name}': {
      check: unknownAppFaults,
      run: async (deps, { id: name, access, body }) => ({
        status: 200,
        body: await putDestination(deps, { name, destination: body, access }),
      }),
    },
    'GET /destinations/{name}': async (deps, { id }) => ({ status: 200, body: await getDestination(deps, id) }),
    async 'DELETE /destinations/{name}'(deps, { id: name, access }) {
      await removeDestination(deps, { name, access });
      return { status: 204 };
    },
  },
});
