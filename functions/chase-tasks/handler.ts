import * as v from 'valibot';
import { acceptEnv, appsEnv, followedEnv, publicEnv, readConfig, tasksEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { dueRecords } from '../../lib/compose/approvals.ts';
import { linkKeys } from '../../lib/compose/links.ts';
import { acceptPorts } from '../../lib/compose/messages.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { digestPorts, taskChanges } from '../../lib/compose/tasks.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { scheduleHandler } from '../../lib/lambda/schedule.ts';
import { queueDue } from '../../lib/records/due.ts';
import { chaseTasks, sendTaskDigests } from '../../lib/tasks/follow/chase-tasks.ts';

const log = createLog('chase-tasks', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(
    v.object({ ...acceptEnv, ...appsEnv, ...tasksEnv, ...followedEnv, ...publicEnv }),
    process.env,
  );
  const metric = metricLines(process.env.STAGE);
  const secret = await loadSecrets(config);
  const ports = { ...acceptPorts(config, secret, log), ...taskChanges(config, log), ...digestPorts(secret) };
  return { ...ports, ...linkKeys(config, secret), ...dueRecords(config, log), metric };
});

export const handler = scheduleHandler(ready, log, {
  'due-tasks': chaseTasks,
  'task-digests': sendTaskDigests,
  'due-records': queueDue,
});
