import * as v from 'valibot';
import { messageRoutes } from '../../contract/routes/send.ts';
import { healthRoutes } from '../../contract/routes/service.ts';
import { acceptEnv, costEnv, readConfig } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { acceptPorts, costLimits } from '../../lib/compose/messages.ts';
import { loadSecret } from '../../lib/compose/secret.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { messageFaults, sendMessage, statusOf, testDestination, waitMsOf } from '../../lib/messages/send-message.ts';
import { getMessage } from '../../lib/messages/view.ts';

const log = createLog('send-message', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object({ ...acceptEnv, ...costEnv }), process.env);
  return { ...acceptPorts(config, await loadSecret(config), log), ...costLimits(config) };
});

export const handler = httpHandler({
  ready,
  log,
  routes: { ...messageRoutes, ...healthRoutes },
  handlers: {
    'POST /messages': {
      check: messageFaults,
      async run(deps, { caller, idempotencyKey, requestId, headers, body }) {
        const message = await sendMessage(deps, { caller, idempotencyKey, waitMs: waitMsOf(headers.prefer), body });
        log.info('message-accepted', { messageId: message.id, requestId });
        return { status: statusOf(message), body: message };
      },
    },
    'GET /messages/{id}': async (deps, { id, access }) => ({ status: 200, body: await getMessage(deps, id, access) }),
    async 'POST /destinations/{name}/test'(deps, { caller, id, requestId }) {
      const message = await testDestination(deps, caller, id);
      log.info('message-accepted', { messageId: message.id, requestId });
      return { status: statusOf(message), body: message };
    },
    'GET /health': async () => ({ status: 200, body: { status: 'ok' } }),
  },
});
