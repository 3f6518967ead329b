import * as v from 'valibot';
import { acceptEnv, dingtalkEnv, followEnv, publicEnv, readConfig, tasksWorkEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { workedQueue } from '../../lib/compose/clients.ts';
import { linkKeys } from '../../lib/compose/links.ts';
import { acceptPorts } from '../../lib/compose/messages.ts';
import { countedCalls } from '../../lib/compose/meter.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { taskPorts } from '../../lib/compose/tasks.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { queueHandler } from '../../lib/lambda/queue.ts';
import { writeCalls } from '../../lib/messages/limits/quota.ts';
import { followQueuedTask, TaskToFollow } from '../../lib/tasks/follow/follow.ts';

const log = createLog('follow-task', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object({ ...acceptEnv, ...dingtalkEnv, ...followEnv, ...publicEnv }), process.env);
  const secret = await loadSecrets(config);
  const ports = { ...acceptPorts(config, secret, log), ...linkKeys(config, secret), ...taskPorts(config, secret, log) };
  const counted = countedCalls(config, metricLines(process.env.STAGE), log);
  return { ...ports, ...counted };
});

const queue = once(async () => {
  const config = readConfig(v.object(tasksWorkEnv), process.env);
  return workedQueue(config, config.TASKS_QUEUE_URL, config.TASKS_DEAD_LETTERS_URL);
});

export const handler = queueHandler({
  queue,
  ready,
  log,
  schema: TaskToFollow,
  run: followQueuedTask,
  end: writeCalls,
});
