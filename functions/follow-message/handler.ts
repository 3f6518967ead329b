import * as v from 'valibot';
import { followRoutes } from '../../contract/routes/follow.ts';
import {
  acceptEnv,
  callersEnv,
  consoleEnv,
  dingtalkEnv,
  ownKeysEnv,
  readConfig,
  recordsEnv,
} from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { dingtalkApps } from '../../lib/compose/apps.ts';
import { callerPorts } from '../../lib/compose/clients.ts';
import { acceptPorts, replyPlaces } from '../../lib/compose/messages.ts';
import { countedCalls } from '../../lib/compose/meter.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { consolePorts } from '../../lib/compose/visitors.ts';
import { callersBy } from '../../lib/lambda/callers.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { changeMessage } from '../../lib/messages/change-message.ts';
import { withReplies } from '../../lib/messages/kinds/reply.ts';
import { withPeople } from '../../lib/messages/kinds/robot-users.ts';
import { countingCalls } from '../../lib/messages/limits/quota.ts';
import { listMessages } from '../../lib/messages/list-messages.ts';
import { messageReceipts, recallMessage } from '../../lib/messages/recall.ts';

const log = createLog('follow-message', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object({ ...acceptEnv, ...dingtalkEnv, ...recordsEnv }), process.env);
  const secret = await loadSecrets(config);
  const { destinations, ...ports } = acceptPorts(config, secret, log);
  const counted = countedCalls(config, metricLines(process.env.STAGE), log);
  const named = withReplies(withPeople(destinations), replyPlaces(config, secret), ports.now);
  return { ...ports, ...counted, destinations: named, appNamed: dingtalkApps(config, secret, log) };
});

const callers = once(async () => {
  const config = readConfig(v.object({ ...callersEnv, ...consoleEnv, ...ownKeysEnv }), process.env);
  return callersBy({ ...callerPorts(config), console: consolePorts(config) });
});
const change = countingCalls(changeMessage);
const recall = countingCalls(recallMessage);
const receipts = countingCalls(messageReceipts);

export const handler = httpHandler({
  ready,
  callers,
  log,
  routes: followRoutes,
  handlers: {
    'GET /messages': async (deps, { query, access }) => ({
      status: 200,
      body: await listMessages(deps, query, access),
    }),
    'PATCH /messages/{id}': async (deps, { id, access, body }) => ({
      status: 200,
      body: await change(deps, { id, access, body }),
    }),
    'POST /messages/{id}/recall': async (deps, { id, access }) => ({
      status: 200,
      body: await recall(deps, id, access),
    }),
    'GET /messages/{id}/receipts': async (deps, { id, access }) => ({
      status: 200,
      body: await receipts(deps, id, access),
    }),
  },
});
