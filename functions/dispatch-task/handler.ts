import * as v from 'valibot';
import { taskRoutes } from '../../contract/routes/tasks.ts';
import {
  acceptEnv,
  callersEnv,
  costEnv,
  dingtalkEnv,
  followEnv,
  publicEnv,
  readConfig,
} from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { callerPorts, recordIds } from '../../lib/compose/clients.ts';
import { linkKeys } from '../../lib/compose/links.ts';
import { acceptPorts, costLimits } from '../../lib/compose/messages.ts';
import { countedCalls } from '../../lib/compose/meter.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { taskPorts } from '../../lib/compose/tasks.ts';
import { callersBy } from '../../lib/lambda/callers.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { nameFaults } from '../../lib/messages/accept.ts';
import { countingCalls } from '../../lib/messages/limits/quota.ts';
import { dispatchTask } from '../../lib/tasks/dispatch-task.ts';
import { getTask } from '../../lib/tasks/get-task.ts';
import { listTasks } from '../../lib/tasks/list-tasks.ts';
import { patchTask } from '../../lib/tasks/patch-task.ts';
import { planTask } from '../../lib/tasks/plan-task.ts';

const log = createLog('dispatch-task', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(
    v.object({ ...acceptEnv, ...costEnv, ...dingtalkEnv, ...followEnv, ...publicEnv }),
    process.env,
  );
  const secret = await loadSecrets(config);
  const counted = countedCalls(config, metricLines(process.env.STAGE), log);
  const ports = {
    ...acceptPorts(config, secret, log),
    ...costLimits(config),
    ...linkKeys(config, secret),
    ...recordIds(secret),
  };
  return { ...ports, ...taskPorts(config, secret, log), ...counted };
});

const callers = once(async () => callersBy(callerPorts(readConfig(v.object(callersEnv), process.env))));
const dispatch = countingCalls(dispatchTask);
const patch = countingCalls(patchTask);
const plan = countingCalls(planTask);

export const handler = httpHandler({
  ready,
  callers,
  log,
  routes: taskRoutes,
  handlers: {
    'POST /tasks': {
      check: nameFaults('notify', { beside: 1 }), // the to-do
      plan: async (deps, { access, body }) => ({ status: 200, body: await plan(deps, { access, body }) }),
      async run(deps, { access, idempotencyKey, body }) {
        const { status, task } = await dispatch(deps, { access, idempotencyKey, body });
        return { status, body: task, headers: { location: task.links.self } };
      },
    },
    'PATCH /tasks/{id}': async (deps, { access, id, body }) => ({
      status: 200,
      body: await patch(deps, { access, id, body }),
    }),
    'GET /tasks': async (deps, { query }) => ({ status: 200, body: await listTasks(deps, query) }),
    'GET /tasks/{id}': async (deps, { id, access }) => ({ status: 200, body: await getTask(deps, id, access) }),
  },
});
