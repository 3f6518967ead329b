import * as v from 'valibot';
import { ACCOUNT } from '../template/references.ts';
import type { Template } from '../template/template.ts';
import type { Trigger } from './event-source.ts';

const SqsTrigger = v.object({
  sqs: v.object({
    arn: v.string(),
    batchSize: v.optional(v.number(), 10),
    functionResponseType: v.optional(v.string()),
    enabled: v.optional(v.boolean(), true),
  }),
});

/** The queues that call a function, from serverless.yml. */
export function triggersOf(template: Template, queuesUrl: string): Trigger[] {
  return [...template.functions].flatMap(([functionName, { events }]) =>
    events
      .map((event) => v.safeParse(SqsTrigger, event))
      .filter((parsed) => parsed.success)
      .map(({ output }) => output.sqs)
      .filter(({ enabled }) => enabled)
      .map(({ arn, batchSize, functionResponseType }) => ({
        functionName,
        queueArn: arn,
        queueUrl: `${queuesUrl}/${ACCOUNT}/${arn.split(':').at(-1)}`,
        batchSize,
        partial: functionResponseType === 'ReportBatchItemFailures',
      })),
  );
}
