import * as v from 'valibot';
import type { Log } from '../base/log.ts';
import { invokedHandler } from './invoked.ts';

/** What SNS hands to a function that subscribes to a topic: the envelope, in which more may stand. */
const Told = v.looseObject({ TopicArn: v.string(), MessageId: v.string(), Message: v.string() });
const FromTopics = v.object({ Records: v.array(v.object({ EventSource: v.literal('aws:sns'), Sns: Told })) });

type Options<D> = {
  ready: () => Promise<D>;
  log: Log;
  run(deps: NoInfer<D>, told: v.InferOutput<typeof Told>): Promise<unknown>;
};

/** One Lambda that subscribes to topics of SNS. What fails is delivered again by Lambda: twice, then it is set aside. */
export function topicHandler<D>({ ready, log, run }: Options<D>) {
  return invokedHandler({
    ready,
    log,
    schema: FromTopics,
    async run(deps, { Records }) {
      for (const { Sns } of Records) await run(deps, Sns);
    },
  });
}
