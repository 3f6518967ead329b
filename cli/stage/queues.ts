import { GetQueueAttributesCommand, paginateListQueues, type SQSClient } from '@aws-sdk/client-sqs';
import { CliError, EXIT } from '../exit.ts';
import type { Target } from './target.ts';

/** A queue of the stage and where its dead letters go; those of the schedule come from no queue. */
export type QueuePair = { name: string; url: string | undefined; deadUrl: string; fifo: boolean };

const DEAD = /^(.+)-dead-letters(\.fifo)?$/;

/** All queues of dead letters of a stage, by their short names (`outbox`). @throws CliError where there are none */
export async function queuesOf({ sqs, stage, region, local }: Target): Promise<QueuePair[]> {
  const prefix = `dingdock-${stage}-`;
  const urls: string[] = [];
  for await (const { QueueUrls = [] } of paginateListQueues(
    { client: sqs },
    { QueueNamePrefix: prefix, MaxResults: 100 },
  ))
    urls.push(...QueueUrls);
  const pairs = urls.flatMap((deadUrl) => {
    const [, name, suffix = ''] = DEAD.exec(deadUrl.split('/').at(-1)?.slice(prefix.length) ?? '') ?? [];
    const url = urls.find((each) => each.endsWith(`/${prefix}${name}${suffix}`));
    return name === undefined ? [] : [{ name, url, deadUrl, fifo: suffix !== '' }];
  });
  if (pairs.length === 0)
    throw new CliError(
      EXIT.failed,
      'not_deployed',
      `there is no queue of the stage "${stage}" in ${region}`,
      local ? 'Start the local stack: npm start.' : 'Is that the name of the stage, its --region, and its account?',
    );
  return pairs.sort((a, b) => a.name.localeCompare(b.name));
}

/** How many messages wait, and how many are being worked on; SQS says so approximately. */
export async function depthOf(sqs: SQSClient, url: string): Promise<{ waiting: number; inFlight: number }> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  const { ApproximateNumberOfMessages: waiting = 0, ApproximateNumberOfMessagesNotVisible: inFlight = 0 } = Attributes;
  return { waiting: Number(waiting), inFlight: Number(inFlight) };
}
