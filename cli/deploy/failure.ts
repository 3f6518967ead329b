import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { namedResources } from '../../deploy/named.ts';
import type { Chosen } from '../../deploy/settings.ts';
import { CliError, EXIT } from '../exit.ts';
import type { StageAws } from './aws.ts';
import { forgetFailed } from './history.ts';
import { lookForNames } from './look/names.ts';
import { deletionOf } from './preflight.ts';
import { holds, readStack, stackNameOf } from './stack.ts';

type Where = { stage: string; region: string; command: string };

/** What a deployment that failed left, and what leads on from there. */
export async function explainFailure(
  aws: StageAws,
  { stage, region, command }: Where,
  chosen: Chosen,
): Promise<CliError> {
  const stack = await readStack(aws.cloudformation, stage);
  if (stack === undefined)
    return new CliError(
      EXIT.failed,
      'deploy_failed',
      'the deployment failed before there was a stack: nothing is left of it',
      `Mend what is said above, then: ${command}`,
    );
  const reasons = await failuresOf(aws, stage);
  await forgetFailed(aws, stage, stack);
  const left = await lookForNames(
    aws,
    namedResources(stage).filter(({ name }) => !holds(stack, name)),
  );
  const stuck = /ROLLBACK_FAILED|^(CREATE|DELETE)_FAILED|^ROLLBACK/.test(stack.status);
  const says = [
    `the deployment failed; the stack ${stackNameOf(stage)} is ${stack.status}`,
    ...reasons,
    left.length === 0
      ? 'nothing was left outside the stack'
      : `left outside the stack: ${left.map(({ name }) => name).join(', ')}${chosen.disposable === 'true' ? '' : ', which the next deployment offers to take over'}`,
  ];
  const others = left.filter(({ type }) => type !== 'table');
  const steps = [
    'mend what is said above',
    ...(stuck ? [`dingdock remove --stage ${stage} --region ${region} (what is kept stays)`] : []),
    ...others.map(({ type, name }) => deletionOf(type, name, region)),
    command,
  ];
  return new CliError(EXIT.failed, 'deploy_failed', says.join('\n  '), `Then, in this order: ${steps.join('; ')}`);
}

/** Why resources failed, the first causes only: others are cancelled because of them. */
async function failuresOf({ cloudformation }: StageAws, stage: string): Promise<string[]> {
  const { StackEvents = [] } = await cloudformation.send(
    new DescribeStackEventsCommand({ StackName: stackNameOf(stage) }),
  );
  // newest first: those of this deployment end where it began
  const began = StackEvents.findIndex(
    ({ ResourceType, ResourceStatus }) =>
      ResourceType === 'AWS::CloudFormation::Stack' && /^(CREATE|UPDATE)_IN_PROGRESS$/.test(ResourceStatus ?? ''),
  );
  const own = began === -1 ? StackEvents : StackEvents.slice(0, began);
  return own
    .filter(
      ({ ResourceStatus, ResourceStatusReason = '' }) =>
        ResourceStatus?.endsWith('_FAILED') && !/cancelled/i.test(ResourceStatusReason),
    )
    .map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`)
    .toReversed();
}
