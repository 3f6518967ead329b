import * as v from 'valibot';
import { linkKeys } from '../../lib/compose/links.ts';
import { acceptPorts } from '../../lib/compose/messages.ts';
import { giveBackTo } from '../../lib/compose/queues.ts';
import { loadSecret } from '../../lib/compose/secret.ts';
import { taskPorts } from '../../lib/compose/tasks.ts';
import { acceptEnv, dingtalkEnv, followEnv, publicEnv, readConfig } from '../../lib/config.ts';
import { once } from '../../lib/lambda/once.ts';
import { queueHandler } from '../../lib/lambda/queue.ts';
import { createLog } from '../../lib/log.ts';
import { followTask, TaskToFollow } from './follow-task.ts';

const log = createLog('follow-task', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object({ ...acceptEnv, ...dingtalkEnv, ...followEnv, ...publicEnv }), process.env);
  const secret = await loadSecret(config);
  const ports = { ...acceptPorts(config, secret, log), ...linkKeys(config, secret), ...taskPorts(config, secret, log) };
  return { ...ports, ...giveBackTo(config, config.TASKS_QUEUE_URL), log };
});

export const handler = queueHandler({
  ready,
  log,
  schema: TaskToFollow,
  run: followTask,
  giveBack: ({ giveBack }, receiptHandle, ms) => giveBack(receiptHandle, ms),
});
