import * as v from 'valibot';
import { approvalRoutes } from '../../contract/routes/approvals.ts';
import { APPROVAL_ACTS, askApproval } from '../../lib/approvals/ask-approval.ts';
import { followQueuedApproval } from '../../lib/approvals/follow.ts';
import { getApproval, listApprovals, withdrawApproval } from '../../lib/approvals/manage-approvals.ts';
import {
  acceptEnv,
  callersEnv,
  costEnv,
  dingtalkEnv,
  followRecordsEnv,
  publicEnv,
  readConfig,
  recordsWorkEnv,
  waitEnv,
} from '../../lib/base/config.ts';
import { isIdOf } from '../../lib/base/ids.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { approvalPorts } from '../../lib/compose/approvals.ts';
import { callerPorts, recordIds, workedQueue } from '../../lib/compose/clients.ts';
import { linkKeys } from '../../lib/compose/links.ts';
import { acceptPorts, costLimits, waitingPorts } from '../../lib/compose/messages.ts';
import { countedCalls } from '../../lib/compose/meter.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { incidentPorts } from '../../lib/compose/sources.ts';
import { followQueuedIncident } from '../../lib/incidents/follow.ts';
import { callersBy } from '../../lib/lambda/callers.ts';
import { eitherHandler } from '../../lib/lambda/either.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { queueHandler } from '../../lib/lambda/queue.ts';
import { nameFaults } from '../../lib/messages/accept.ts';
import { countingCalls, writeCalls } from '../../lib/messages/limits/quota.ts';
import { waitMsOf } from '../../lib/records/wait.ts';

const log = createLog('follow-record', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(
    v.object({ ...acceptEnv, ...costEnv, ...dingtalkEnv, ...followRecordsEnv, ...publicEnv, ...waitEnv }),
    process.env,
  );
  const secret = await loadSecrets(config);
  const accept = acceptPorts(config, secret, log);
  const links = linkKeys(config, secret);
  const counted = countedCalls(config, metricLines(process.env.STAGE), log);
  return {
    ...accept,
    ...costLimits(config),
    ...links,
    ...recordIds(secret),
    ...waitingPorts(config),
    ...approvalPorts(config, secret, log),
    ...counted,
    incidents: { ...accept, ...links, ...incidentPorts(config, secret, log), ...counted, log },
    log,
  };
});

const callers = once(async () => callersBy(callerPorts(readConfig(v.object(callersEnv), process.env))));
const ask = countingCalls(askApproval);

const http = httpHandler({
  ready,
  callers,
  log,
  routes: approvalRoutes,
  handlers: {
    'POST /approvals': {
      check: nameFaults('to', APPROVAL_ACTS),
      async run(deps, { access, idempotencyKey, headers, receivedAt, body }) {
        const { status, approval } = await ask(deps, {
          access,
          idempotencyKey,
          waitMs: waitMsOf(headers.prefer, deps.now() - receivedAt),
          body,
        });
        return { status, body: approval, headers: { location: approval.links.self } };
      },
    },
    'GET /approvals': async (deps, { query }) => ({ status: 200, body: await listApprovals(deps, query) }),
    'GET /approvals/{id}': async (deps, { id, access, headers, receivedAt }) => ({
      status: 200,
      body: await getApproval(deps, { id, access, waitMs: waitMsOf(headers.prefer, deps.now() - receivedAt) }),
    }),
    'DELETE /approvals/{id}': async (deps, { id, access }) => ({
      status: 200,
      body: await withdrawApproval(deps, id, access),
    }),
  },
});

const queue = queueHandler({
  queue: once(async () => {
    const config = readConfig(v.object(recordsWorkEnv), process.env);
    return workedQueue(config, config.RECORDS_QUEUE_URL, config.RECORDS_DEAD_LETTERS_URL);
  }),
  ready,
  log,
  schema: v.object({ id: v.string() }),
  run: (deps, { id }) => (isIdOf('i', id) ? followQueuedIncident(deps.incidents, id) : followQueuedApproval(deps, id)),
  end: writeCalls,
});

export const handler = eitherHandler(http, queue);
