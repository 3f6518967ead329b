import * as v from 'valibot';
import { TaskEnd } from '../../lib/approvals/answer-task.ts';
import { readConfig, stepsEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { stepTasks } from '../../lib/compose/approvals.ts';
import { invokedHandler } from '../../lib/lambda/invoked.ts';

export const handler = invokedHandler({
  ready: once(async () => stepTasks(readConfig(v.object(stepsEnv), process.env))),
  log: createLog('answer-step', process.env.STAGE),
  schema: TaskEnd,
  run: ({ stepTasks }, task) => stepTasks.end(task),
});
