import * as v from 'valibot';
import { eventRoutes } from '../../contract/routes/events.ts';
import { messageRoutes } from '../../contract/routes/send.ts';
import { usageRoutes } from '../../contract/routes/usage.ts';
import {
  acceptEnv,
  appsEnv,
  callersEnv,
  consoleEnv,
  costEnv,
  dingtalkEnv,
  meterEnv,
  ownKeysEnv,
  peopleEnv,
  readConfig,
  recordsEnv,
  slotsEnv,
  waitEnv,
} from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { callerPorts } from '../../lib/compose/clients.ts';
import {
  acceptPorts,
  costLimits,
  peopleLookup,
  replyPlaces,
  slotState,
  waitingPorts,
} from '../../lib/compose/messages.ts';
import { countedCalls, usagePorts } from '../../lib/compose/meter.ts';
import { loadApps, loadOwnKeys } from '../../lib/compose/secret.ts';
import { consolePorts } from '../../lib/compose/visitors.ts';
import { replyToEvent } from '../../lib/events/reply-to-event.ts';
import { callersBy } from '../../lib/lambda/callers.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { writeCalls } from '../../lib/messages/limits/quota.ts';
import { usageOf } from '../../lib/messages/limits/usage.ts';
import type { Mention } from '../../lib/messages/mention.ts';
import { planMessage } from '../../lib/messages/plan-message.ts';
import { resendMessage } from '../../lib/messages/resend-message.ts';
import { messageFaults, sendMessage, statusOf, testDestination } from '../../lib/messages/send-message.ts';
import { getMessage } from '../../lib/messages/view.ts';
import { waitMsOf } from '../../lib/records/wait.ts';

const log = createLog('send-message', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(
    v.object({ ...acceptEnv, ...costEnv, ...waitEnv, ...slotsEnv, ...recordsEnv, ...meterEnv }),
    process.env,
  );
  const doubtfulPeople = async (mention: Mention) => (await lookup())(mention);
  const keys = await loadOwnKeys(config);
  return {
    ...acceptPorts(config, keys, log),
    places: replyPlaces(config, keys),
    ...costLimits(config),
    ...waitingPorts(config),
    ...slotState(config),
    ...usagePorts(config),
    doubtfulPeople,
    defaultApp,
  };
});

/** The app of a request that names none. */
const defaultApp = once(async () => {
  const { apps } = await loadApps(readConfig(v.object(appsEnv), process.env));
  return apps[0]?.name ?? '';
});

/** Only a strict request needs DingTalk, whom it asks for people. */
const lookup = once(async () => {
  const config = readConfig(v.object({ ...dingtalkEnv, ...peopleEnv }), process.env);
  const counted = countedCalls(config, metricLines(process.env.STAGE), log);
  const { doubtfulPeople } = peopleLookup(config, await loadApps(config), log);
  return (mention: Mention) => doubtfulPeople(mention).finally(() => writeCalls(counted));
});

const callers = once(async () => {
  const config = readConfig(v.object({ ...callersEnv, ...consoleEnv, ...ownKeysEnv }), process.env);
  return callersBy({ ...callerPorts(config), console: consolePorts(config) });
});

export const handler = httpHandler({
  ready,
  callers,
  log,
  routes: { ...messageRoutes, ...eventRoutes, ...usageRoutes },
  handlers: {
    'POST /messages': {
      check: messageFaults,
      plan: async (deps, { body }) => ({ status: 200, body: await planMessage(deps, { body }) }),
      async run(deps, { access, idempotencyKey, requestId, headers, receivedAt, body }) {
        const waitMs = waitMsOf(headers.prefer, deps.now() - receivedAt);
        const message = await sendMessage({ ...deps, requestId }, { access, idempotencyKey, waitMs, body });
        return { status: statusOf(message), body: message };
      },
    },
    'GET /messages/{id}': async (deps, { id, access }) => ({ status: 200, body: await getMessage(deps, id, access) }),
    async 'POST /messages/{id}/resend'(deps, { id, access, requestId }) {
      const message = await resendMessage({ ...deps, requestId }, { access, id });
      return { status: 202, body: message };
    },
    'GET /usage': async (deps) => ({ status: 200, body: await usageOf(deps) }),
    'GET /grant': async (_, { access: { caller, scopes, destinations, people, apps } }) => ({
      status: 200,
      body: { caller, scopes: [...scopes], destinations: [...destinations], people: [...people], apps: [...apps] },
    }),
    async 'POST /destinations/{name}/test'(deps, { access, id, idempotencyKey, requestId }) {
      const message = await testDestination({ ...deps, requestId }, access, id, idempotencyKey);
      return { status: statusOf(message), body: message };
    },
    async 'POST /events/{id}/reply'(deps, { access, id, idempotencyKey, requestId, headers, receivedAt, query, body }) {
      const waitMs = waitMsOf(headers.prefer, deps.now() - receivedAt);
      const asked = { id, app: query.app, access, idempotencyKey, waitMs, body };
      const message = await replyToEvent({ ...deps, requestId }, asked);
      return { status: statusOf(message), body: message };
    },
  },
});
