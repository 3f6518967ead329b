import * as v from 'valibot';
import { acceptEnv, dingtalkEnv, followEnv, publicEnv, readConfig } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { linkKeys } from '../../lib/compose/links.ts';
import { acceptPorts } from '../../lib/compose/messages.ts';
import { loadSecret } from '../../lib/compose/secret.ts';
import { taskPorts } from '../../lib/compose/tasks.ts';
import { httpHandler, withBody } from '../../lib/lambda/http.ts';
import { DispatchTask, dispatchTask, notifyFaults } from '../../lib/tasks/dispatch-task.ts';
import { getTask } from '../../lib/tasks/get-task.ts';
import { listTasks } from '../../lib/tasks/list-tasks.ts';
import { ChangeTask, patchTask } from '../../lib/tasks/patch-task.ts';

const log = createLog('dispatch-task', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object({ ...acceptEnv, ...dingtalkEnv, ...followEnv, ...publicEnv }), process.env);
  const secret = await loadSecret(config);
  return { ...acceptPorts(config, secret, log), ...linkKeys(config, secret), ...taskPorts(config, secret, log) };
});

export const handler = httpHandler(ready, log, {
  'POST /tasks': withBody(DispatchTask, notifyFaults, async (deps, body, { caller, idempotencyKey }) => {
    const { status, task } = await dispatchTask(deps, { caller, idempotencyKey, body });
    return { status, body: task, headers: { location: `/tasks/${task.id}` } };
  }),
  'PATCH /tasks/{id}': withBody(
    ChangeTask,
    async () => [],
    async (deps, body, { access, params }) => ({
      status: 200,
      body: await patchTask(deps, { access, id: params.id ?? '', body }),
    }),
  ),
  'GET /tasks': async (deps, { query }) => ({ status: 200, body: await listTasks(deps, query) }),
  'GET /tasks/{id}': async (deps, { params, access }) => ({
    status: 200,
    body: await getTask(deps, params.id ?? '', access),
  }),
});
