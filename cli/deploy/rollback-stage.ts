import { UpdateStackCommand, waitUntilStackUpdateComplete } from '@aws-sdk/client-cloudformation';
import { agree } from '../agree.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../terminal.ts';
import { armAlarms } from './arm-alarms.ts';
import { awsOf } from './aws.ts';
import { bucketOf, historyOf, runningOf } from './history.ts';
import { noStage } from './of-command.ts';
import { readStack, stackNameOf } from './stack.ts';

type Rollback = { stage: string; region: string; to: string | undefined; yes: boolean };

const PATIENCE_S = 3600;

/** Brings an earlier deployment of a stage back, code, template and settings, as it was uploaded then. */
export async function rollbackStage(io: Io, { stage, region, to, yes }: Rollback) {
  const aws = awsOf(region);
  try {
    const stack = await readStack(aws.cloudformation, stage);
    if (stack === undefined) throw noStage(stage, region);
    const history = await historyOf(aws, stage, stack);
    const running = await runningOf(aws, stage);
    const current = history.findIndex(({ folder }) => folder === running);
    const target = to === undefined ? history[current - 1] : history.find(({ at }) => at === to);
    const known = history.map(({ at }) => at);
    if (target === undefined) {
      const says =
        to === undefined ? 'there is no earlier deployment to go back to' : `there is no deployment of ${to}`;
      const remedy = `There are ${known.join(', ') || 'none'}. A version of the code: git checkout <version>, npm ci, dingdock upgrade.`;
      throw new CliError(EXIT.refused, 'no_deployment', says, remedy);
    }
    const plan = { stage, region, to: target.at, running: history[current]?.at, known };
    if (io.dryRun) return plan;
    await agree(io, yes, `Bring back the deployment of ${target.at}, with its settings?`);
    const change = {
      StackName: stackNameOf(stage),
      TemplateURL: `https://s3.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}/${bucketOf(stack.resources)}/${target.template}`,
      Capabilities: ['CAPABILITY_IAM' as const, 'CAPABILITY_NAMED_IAM' as const],
    };
    await aws.cloudformation.send(new UpdateStackCommand(change));
    const waiter = {
      client: aws.cloudformation,
      maxWaitTime: PATIENCE_S,
      minDelay: 1,
      maxDelay: 15,
      abortSignal: io.signal,
    };
    await waitUntilStackUpdateComplete(waiter, { StackName: stackNameOf(stage) });
    await armAlarms(aws, stage);
    return plan;
  } finally {
    aws.close();
  }
}
