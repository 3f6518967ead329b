import * as v from 'valibot';
import { shareRoutes } from '../../contract/routes/shares.ts';
import { callersEnv, messagesEnv, publicEnv, readConfig, sharesEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { callerPorts } from '../../lib/compose/clients.ts';
import { shareTables } from '../../lib/compose/files.ts';
import { messageTable } from '../../lib/compose/messages.ts';
import { getShare, listShares, revokeLink } from '../../lib/files/share/manage-shares.ts';
import { callersBy } from '../../lib/lambda/callers.ts';
import { httpHandler } from '../../lib/lambda/http.ts';

const log = createLog('manage-shares', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object({ ...sharesEnv, ...messagesEnv, ...publicEnv }), process.env);
  const messages = messageTable(config, log);
  return { ...shareTables(config, log), messages, publicUrl: config.PUBLIC_URL, now: Date.now };
});

const callers = once(async () => callersBy(callerPorts(readConfig(v.object(callersEnv), process.env))));

export const handler = httpHandler({
  ready,
  callers,
  log,
  routes: shareRoutes,
  handlers: {
    'GET /shares': async (deps, { query }) => ({ status: 200, body: await listShares(deps, query) }),
    'GET /shares/{id}': async (deps, { id, access }) => ({ status: 200, body: await getShare(deps, id, access) }),
    async 'DELETE /shares/{id}/link'(deps, { id, access }) {
      await revokeLink(deps, id, access);
      return { status: 204 };
    },
  },
});
