import * as v from 'valibot';
import { destinationsEnv, readConfig } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { appFaults } from '../../lib/compose/apps.ts';
import { destinationTable } from '../../lib/compose/messages.ts';
import { loadSecret } from '../../lib/compose/secret.ts';
import { httpHandler, withBody } from '../../lib/lambda/http.ts';
import { Destination } from '../../lib/messages/destination.ts';
import {
  getDestination,
  putDestination,
  removeDestination,
  unknownAppFaults,
} from '../../lib/messages/manage-destinations.ts';

const ready = once(async () => {
  const config = readConfig(v.object(destinationsEnv), process.env);
  const secret = await loadSecret(config);
  return { destinations: destinationTable(config, secret), appFaults: appFaults(secret) };
});

export const handler = httpHandler(ready, createLog('manage-destinations', process.env.STAGE), {
  'PUT /destinations/{name}': withBody(Destination, unknownAppFaults, async (deps, body, { params }) => ({
    status: 200,
    body: await putDestination(deps, params.name ?? '', body),
  })),
  'GET /destinations/{name}': async (deps, { params }) => ({
    status: 200,
    body: await getDestination(deps, params.name ?? ''),
  }),
  'DELETE /destinations/{name}': async (deps, { params }) => {
    await removeDestination(deps, params.name ?? '');
    return { status: 204 };
  },
});
