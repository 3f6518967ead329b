import { UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { namedResources } from '../../deploy/named.ts';
import { orAbsent, type StageAws } from './aws.ts';
import { stackNameOf } from './stack.ts';

/**
 * Lets the tables and the stack of a stage refuse to be deleted, or not any more. It is done after a deployment and not by
 * the template, since a protected table does not go with the rollback of the deployment that made it.
 */
export async function protectStage(aws: StageAws, stage: string, on: boolean): Promise<void> {
  for (const { type, name } of namedResources(stage)) if (type === 'table') await protectTable(aws, name, on);
  await protectStack(aws, stage, on);
}

/** Whether `serverless remove` and the console may take the stack away. */
export async function protectStack(aws: StageAws, stage: string, on: boolean): Promise<void> {
  const StackName = stackNameOf(stage);
  await aws.cloudformation.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: on }));
}

async function protectTable({ dynamodb }: StageAws, TableName: string, on: boolean): Promise<void> {
  const asked = dynamodb.send(new DescribeTableCommand({ TableName }));
  const { Table } = await orAbsent(asked, { Table: undefined }, 'ResourceNotFoundException');
  if (Table === undefined || (Table.DeletionProtectionEnabled ?? false) === on) return;
  await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: on }));
}
