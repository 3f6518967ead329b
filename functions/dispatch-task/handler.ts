import * as v from 'valibot';
import { acceptPorts, dingtalkApps, linkKeys, loadSecret, taskTable } from '../../lib/compose.ts';
import { acceptEnv, dingtalkEnv, publicEnv, readConfig, tasksEnv } from '../../lib/config.ts';
import { httpHandler, withBody } from '../../lib/lambda/http.ts';
import { once } from '../../lib/lambda/once.ts';
import { createLog } from '../../lib/log.ts';
import { DispatchTask, dispatchTask, getTask, notifyFaults } from './dispatch-task.ts';

const log = createLog('dispatch-task');
const ready = once(async () => {
  const config = readConfig(v.object({ ...acceptEnv, ...dingtalkEnv, ...tasksEnv, ...publicEnv }), process.env);
  const secret = await loadSecret(config);
  const appNamed = dingtalkApps(config, secret, log);
  return { ...acceptPorts(config, secret), ...linkKeys(config, secret), tasks: taskTable(config), appNamed };
});

export const handler = httpHandler(ready, log, {
  'POST /tasks': withBody(DispatchTask, notifyFaults, async (deps, body, { caller, idempotencyKey }) => {
    const task = await dispatchTask(deps, { caller, idempotencyKey, body });
    return { status: 201, body: task, headers: { location: `/tasks/${task.id}` } };
  }),
  'GET /tasks/{id}': async (deps, { params }) => ({ status: 200, body: await getTask(deps, params.id ?? '') }),
});
