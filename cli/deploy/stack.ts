import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';
import { type Chosen, readChosen } from '../../deploy/settings.ts';

/** A stage as CloudFormation has it. */
export type StageStack = {
  status: string;
  outputs: Record<string, string>;
  /** What was chosen for it; undefined when the stack keeps no choices that this version can read. */
  chosen: Chosen | undefined;
  resources: { id: string; type: string; name: string }[];
};

export function stackNameOf(stage: string): string {
  return `dingdock-${stage}`;
}

/** @returns undefined where there is no stack of the stage. */
export async function readStack(client: CloudFormationClient, stage: string): Promise<StageStack | undefined> {
  const { paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const stack = await describeStack(client, stackNameOf(stage));
  if (stack?.StackStatus === undefined) return undefined;
  const outputs = Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  const resources: StageStack['resources'] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackNameOf(stage) }))
    for (const {
      LogicalResourceId: id = '',
      ResourceType: type = '',
      PhysicalResourceId: name,
      ResourceStatus,
    } of page.StackResourceSummaries ?? [])
      if (name !== undefined && ResourceStatus !== 'DELETE_COMPLETE') resources.push({ id, type, name });
  const { Settings } = outputs;
  return {
    status: stack.StackStatus,
    outputs,
    chosen: Settings === undefined ? undefined : readChosen(Settings),
    resources,
  };
}

async function describeStack(client: CloudFormationClient, StackName: string): Promise<Stack | undefined> {
  const { DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  try {
    return (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  } catch (error) {
    // CloudFormation has no name of its own for a stack that is not there
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
      return undefined;
    throw error;
  }
}

/** Whether something of that name is the stack's own; a queue is named by its address there. */
export function holds(stack: StageStack | undefined, name: string): boolean {
  return stack?.resources.some((each) => each.name === name || each.name.endsWith(`/${name}`)) ?? false;
}
