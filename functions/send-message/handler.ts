import * as v from 'valibot';
import { acceptEnv, readConfig } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { acceptPorts } from '../../lib/compose/messages.ts';
import { loadSecret } from '../../lib/compose/secret.ts';
import { httpHandler, withBody } from '../../lib/lambda/http.ts';
import {
  getMessage,
  messageFaults,
  SendMessage,
  sendMessage,
  statusOf,
  testDestination,
  waitMsOf,
} from '../../lib/messages/send-message.ts';

const log = createLog('send-message', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object(acceptEnv), process.env);
  return acceptPorts(config, await loadSecret(config), log);
});

export const handler = httpHandler(ready, log, {
  'POST /messages': withBody(
    SendMessage,
    messageFaults,
    async (deps, body, { caller, idempotencyKey, requestId, headers }) => {
      const waitMs = waitMsOf(headers.prefer);
      const message = await sendMessage(deps, { caller, idempotencyKey, waitMs, body });
      log.info('message-accepted', { messageId: message.id, requestId });
      return { status: statusOf(message), body: message };
    },
  ),
  'GET /messages/{id}': async (deps, { params, access }) => ({
    status: 200,
    body: await getMessage(deps, params.id ?? '', access),
  }),
  'POST /destinations/{name}/test': async (deps, { caller, params, requestId }) => {
    const message = await testDestination(deps, caller, params.name ?? '');
    log.info('message-accepted', { messageId: message.id, requestId });
    return { status: statusOf(message), body: message };
  },
  'GET /health': async () => ({ status: 200, body: { status: 'ok' } }),
});
