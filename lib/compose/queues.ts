import { createGiveBack } from '../aws/give-back.ts';
import { sqs } from './clients.ts';

/** Gives a record back to the queue it came from, invisible for a while. */
export function giveBackTo(queueUrl: string) {
  return { giveBack: createGiveBack(sqs(), queueUrl) };
}
