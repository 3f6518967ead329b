import { DeleteStackCommand, waitUntilStackDeleteComplete } from '@aws-sdk/client-cloudformation';
import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Chosen, settingOf } from '../../deploy/settings.ts';
import { agree } from '../agree.ts';
import { CliError, EXIT } from '../exit.ts';
import { depthOf } from '../stage/queues.ts';
import type { Io } from '../terminal.ts';
import { awsOf, type StageAws } from './aws.ts';
import { wordsOfSettings } from './deploy-stage.ts';
import { noStage } from './of-command.ts';
import { deletionOf } from './preflight.ts';
import { protectStack, protectStage } from './protect.ts';
import { readStack, type StageStack, stackNameOf } from './stack.ts';

type Removal = { stage: string; region: string; yes: boolean };
type Kept = { type: 'table' | 'bucket' | 'address'; name: string };

/** CloudFormation takes minutes to give network interfaces of functions back. */
const PATIENCE_S = 3600;

/** Takes a stage away; what is kept stays, and how it comes back is in the answer. */
export async function removeStage(io: Io, { stage, region, yes }: Removal) {
  const aws = awsOf(region);
  try {
    const stack = await readStack(aws.cloudformation, stage);
    if (stack === undefined) throw noStage(stage, region);
    if (/_IN_PROGRESS$/.test(stack.status) && stack.status !== 'REVIEW_IN_PROGRESS')
      throw new CliError(EXIT.failed, 'stack_busy', `the stack is ${stack.status}`, 'Wait until it is done.');
    const chosen = stack.chosen ?? {};
    const disposable = settingOf(chosen, 'disposable') === 'true';
    const data = dataOf(stack);
    const waiting = await waitingIn(aws, stack);
    const plan = { stage, region, waiting, kept: disposable ? [] : data, back: backOf(stage, region, chosen, data) };
    if (io.dryRun) return plan;
    const lost = waiting === 0 ? '' : ` ${waiting} records wait in its queues, and are lost.`;
    const fate = disposable ? 'go with it' : 'stay';
    await agree(io, yes, `Take away the stage ${stage} in ${region}?${lost} Its tables and its bucket ${fate}.`);
    await empty(aws, stage, stack, disposable);
    await deleteStack(io, aws, stage);
    return plan;
  } finally {
    aws.close();
  }
}

/** Lets go what CloudFormation would refuse to delete. */
async function empty(aws: StageAws, stage: string, { resources }: StageStack, disposable: boolean): Promise<void> {
  if (disposable) await protectStage(aws, stage, false);
  else await protectStack(aws, stage, false);
  for (const { id, type, name } of resources)
    if (type === 'AWS::S3::Bucket' && (disposable || id === 'ServerlessDeploymentBucket'))
      await emptyBucket(aws.s3, name);
}

async function deleteStack(io: Io, { cloudformation }: StageAws, stage: string): Promise<void> {
  const StackName = stackNameOf(stage);
  await cloudformation.send(new DeleteStackCommand({ StackName }));
  const waiter = { client: cloudformation, maxWaitTime: PATIENCE_S, minDelay: 1, maxDelay: 15, abortSignal: io.signal };
  try {
    await waitUntilStackDeleteComplete(waiter, { StackName });
  } catch (error) {
    const left = await readStack(cloudformation, stage);
    if (left?.status !== 'DELETE_FAILED') throw error;
    const says = `CloudFormation could not delete ${left.resources.map(({ id }) => id).join(', ')}`;
    const remedy = 'See why in the events of the stack, then the same command again.';
    throw new CliError(EXIT.failed, 'remove_failed', says, remedy);
  }
}

/** What a stage that is not disposable leaves behind. */
function dataOf({ resources, outputs }: StageStack): Kept[] {
  return resources.flatMap(({ id, type, name }): Kept[] => {
    if (type === 'AWS::DynamoDB::Table') return [{ type: 'table', name }];
    if (type === 'AWS::S3::Bucket' && id !== 'ServerlessDeploymentBucket') return [{ type: 'bucket', name }];
    if (type === 'AWS::EC2::EIP') return [{ type: 'address', name: outputs.EgressAllocation ?? name }];
    return [];
  });
}

/** The command that brings the stage back as it was, with its data and its address. */
function backOf(stage: string, region: string, chosen: Chosen, data: Kept[]): string {
  const address = data.find(({ type }) => type === 'address');
  const settings = wordsOfSettings({ ...chosen, ...(address && { addressAllocationId: address.name }) });
  return `dingdock deploy --stage ${stage} --region ${region} --yes ${settings}`.trimEnd();
}

/** How to be rid of what stayed. */
export function ridOf({ type, name }: Kept, region: string): string {
  return type === 'address'
    ? `aws ec2 release-address --allocation-id ${name} --region ${region}`
    : deletionOf(type, name, region);
}

async function waitingIn({ sqs }: StageAws, { resources }: StageStack): Promise<number> {
  const urls = resources.filter(({ type }) => type === 'AWS::SQS::Queue').map(({ name }) => name);
  const depths = await Promise.all(urls.map((url) => depthOf(sqs, url)));
  return depths.reduce((sum, { waiting, inFlight }) => sum + waiting + inFlight, 0);
}

/** Removes every object in every version: CloudFormation deletes an empty bucket only. */
async function emptyBucket(client: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    // what was listed is gone by the next time
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return;
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
}
