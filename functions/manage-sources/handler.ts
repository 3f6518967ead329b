import * as v from 'valibot';
import { incidentRoutes } from '../../contract/routes/incidents.ts';
import { sourceRoutes } from '../../contract/routes/sources.ts';
import {
  callersEnv,
  consoleEnv,
  costEnv,
  destinationsEnv,
  messagesEnv,
  ownKeysEnv,
  publicEnv,
  readConfig,
  recordsEnv,
} from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { callerPorts } from '../../lib/compose/clients.ts';
import { costLimits, destinationTable, messageTable } from '../../lib/compose/messages.ts';
import { loadOwnKeys } from '../../lib/compose/secret.ts';
import { incidentReads, incidentTable, sourceTable } from '../../lib/compose/sources.ts';
import { fillTemplate } from '../../lib/compose/templates.ts';
import { consolePorts } from '../../lib/compose/visitors.ts';
import { getIncident, listIncidents } from '../../lib/incidents/get-incidents.ts';
import { callersBy } from '../../lib/lambda/callers.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import {
  getSource,
  listSources,
  previewSource,
  putSource,
  removeSource,
  sourceFaults,
} from '../../lib/sources/manage-sources.ts';

const log = createLog('manage-sources', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(
    v.object({ ...destinationsEnv, ...recordsEnv, ...costEnv, ...publicEnv, ...messagesEnv }),
    process.env,
  );
  const secret = await loadOwnKeys(config);
  return {
    ...sourceTable(config, secret, log),
    ...incidentTable(config, log),
    ...incidentReads(config),
    ...costLimits(config),
    destinations: destinationTable(config, secret),
    messages: messageTable(config, log),
    publicUrl: config.PUBLIC_URL,
    fill: fillTemplate,
    now: Date.now,
  };
});

const callers = once(async () => {
  const config = readConfig(v.object({ ...callersEnv, ...consoleEnv, ...ownKeysEnv }), process.env);
  return callersBy({ ...callerPorts(config), console: consolePorts(config) });
});

export const handler = httpHandler({
  ready,
  callers,
  log,
  routes: { ...sourceRoutes, ...incidentRoutes },
  handlers: {
    'GET /incidents': async (deps, { query }) => ({ status: 200, body: await listIncidents(deps, query) }),
    'GET /incidents/{id}': async (deps, { id, access }) => ({
      status: 200,
      body: await getIncident(deps, id, access),
    }),
    'GET /sources': async (deps) => ({ status: 200, body: await listSources(deps) }),
    'PUT /sources/{name}': {
      check: sourceFaults,
      run: async (deps, { id: name, access, body }) => ({
        status: 200,
        body: await putSource(deps, { name, rules: body, access }),
      }),
    },
    'GET /sources/{name}': async (deps, { id, access }) => ({ status: 200, body: await getSource(deps, id, access) }),
    async 'DELETE /sources/{name}'(deps, { id, access }) {
      await removeSource(deps, id, access);
      return { status: 204 };
    },
    'POST /sources/{name}/preview': async (deps, { id, access, bytes }) => ({
      status: 200,
      body: await previewSource(deps, id, access, bytes.toString('utf8')),
    }),
  },
});
