import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { DeleteObjectsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { StageAws } from './aws.ts';
import { type StageStack, stackNameOf } from './stack.ts';

/** A deployment whose template and zips are still in the stage's bucket of deployments; the framework keeps five. */
export type Kept = { at: string; folder: string; template: string };

const FOLDER = /^(serverless\/dingdock\/[^/]+\/\d+-([^/]+))\/compiled-cloudformation-template\.json$/;

/** The deployments that can be gone back to, the oldest first. */
export async function historyOf({ s3 }: StageAws, stage: string, { resources }: StageStack): Promise<Kept[]> {
  const Bucket = bucketOf(resources);
  if (Bucket === undefined) return [];
  const found: Kept[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket, Prefix: `serverless/dingdock/${stage}/` },
  ))
    for (const { Key = '' } of Contents) {
      const [, folder, at] = FOLDER.exec(Key) ?? [];
      if (folder !== undefined && at !== undefined) found.push({ at, folder, template: Key });
    }
  return found.toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

/** The folder of the deployment that runs: its functions name their zips by it. Undefined: none runs yet. */
export async function runningOf({ cloudformation }: StageAws, stage: string): Promise<string | undefined> {
  const { TemplateBody = '' } = await cloudformation.send(new GetTemplateCommand({ StackName: stackNameOf(stage) }));
  return /"S3Key": ?"(serverless\/dingdock\/[^/"]+\/[^/"]+)\/[^"]+"/.exec(TemplateBody)?.[1];
}

/** Drops what a deployment that failed had uploaded, so that nobody goes back to it. */
export async function forgetFailed(aws: StageAws, stage: string, stack: StageStack): Promise<void> {
  const [running, history] = [await runningOf(aws, stage), await historyOf(aws, stage, stack)];
  const from = history.findIndex(({ folder }) => folder === running);
  const Bucket = bucketOf(stack.resources);
  if (from === -1 || Bucket === undefined) return;
  for (const { folder } of history.slice(from + 1))
    for await (const { Contents = [] } of paginateListObjectsV2({ client: aws.s3 }, { Bucket, Prefix: `${folder}/` }))
      await aws.s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })) } }),
      );
}

export function bucketOf(resources: StageStack['resources']): string | undefined {
  return resources.find(({ id }) => id === 'ServerlessDeploymentBucket')?.name;
}
