import { GetQueueAttributesCommand, paginateListQueues, type SQSClient } from '@aws-sdk/client-sqs';
import type { Target } from './target.ts';

/** A queue of the stage and where its dead letters go. */
export type QueuePair = { name: string; url: string; deadUrl: string; fifo: boolean };

const DEAD = /^(.+)-dead-letters(\.fifo)?$/;

/** All queues of a stage that have dead letters, by their short names (`outbox`). */
export async function queuesOf({ sqs, stage }: Pick<Target, 'sqs' | 'stage'>): Promise<QueuePair[]> {
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
    return name === undefined || url === undefined ? [] : [{ name, url, deadUrl, fifo: suffix !== '' }];
  });
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
