import * as v from 'valibot';
import { linkKeys } from '../../lib/compose/links.ts';
import { acceptPorts } from '../../lib/compose/messages.ts';
import { loadSecret } from '../../lib/compose/secret.ts';
import { digestPorts, taskChanges } from '../../lib/compose/tasks.ts';
import { acceptEnv, publicEnv, readConfig, tasksEnv } from '../../lib/config.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { once } from '../../lib/lambda/once.ts';
import { scheduleHandler } from '../../lib/lambda/schedule.ts';
import { createLog } from '../../lib/log.ts';
import { chaseTasks, sendTaskDigests } from './chase-tasks.ts';

const log = createLog('chase-tasks', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object({ ...acceptEnv, ...tasksEnv, ...publicEnv }), process.env);
  const metric = metricLines(process.env.STAGE);
  const secret = await loadSecret(config);
  const ports = { ...acceptPorts(config, secret, log), ...taskChanges(config, log), ...digestPorts(secret) };
  return { ...ports, ...linkKeys(config, secret), metric };
});

export const handler = scheduleHandler(ready, log, { 'due-tasks': chaseTasks, 'task-digests': sendTaskDigests });
