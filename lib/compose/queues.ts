import { createGiveBack } from '../aws/queues/give-back.ts';
import { type AwsConfig, sqs } from './clients.ts';

/** Gives a record back to the queue it came from, invisible for a while. */
export function giveBackTo(config: AwsConfig, queueUrl: string) {
  return { giveBack: createGiveBack(sqs(config, queueUrl), queueUrl) };
}
