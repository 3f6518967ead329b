import type { Message } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { isSecretName, redact } from '../../lib/base/redact.ts';
import { OutboxItem } from '../../lib/messages/message.ts';
import type { Target } from './target.ts';

const MOST_IN_WORDS = 400;

/** A letter in words. Why it failed stands in the record of its message; other letters are told as they are. */
export async function describe(target: Target, { Body = '', MessageId: id = '', Attributes }: Message) {
  const run = v.safeParse(FailedRun, Body);
  const item = v.safeParse(v.pipe(v.string(), v.parseJson(), OutboxItem), Body);
  const messages = createMessageTable(target.dynamodb, target.table('messages'));
  const delivery = item.success
    ? (await messages.get(item.output.messageId))?.deliveries[item.output.destination]
    : undefined;
  const last = delivery?.attempts.at(-1);
  const told = last && [last.code, last.reason, last.remedy].filter((word) => word !== undefined).join(' · ');
  const plain = item.success
    ? `${item.output.messageId} to ${item.output.destination}`
    : redact(Body).slice(0, MOST_IN_WORDS);
  const deliveries = run.success ? run.output.requestPayload : undefined;
  const why =
    (run.success ? run.output.responsePayload?.errorMessage : undefined) ??
    told ??
    (delivery && 'its worker failed before a try was made: dingdock tail deliver-message says at what');
  return {
    id,
    since: new Date(Number(Attributes?.SentTimestamp ?? 0)).toISOString(),
    receives: Number(Attributes?.ApproximateReceiveCount ?? 0),
    about: run.success ? `a run of ${run.output.requestContext.functionArn.split(':')[6]}` : plain,
    ...(deliveries && { carried: deliveries.Records.map(inWords), payload: redacted(deliveries) }),
    ...(why !== undefined && { why }),
  };
}

/** What a topic delivered to a function: nobody has it but the letter. */
const OfTopics = v.looseObject({
  Records: v.array(
    v.looseObject({
      Sns: v.looseObject({ TopicArn: v.string(), Subject: v.nullish(v.string()), Message: v.string() }),
    }),
  ),
});

/** What Lambda tells of a run that a schedule or a topic began, and that failed for good. */
const FailedRun = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    requestContext: v.object({ functionArn: v.string() }),
    requestPayload: v.optional(v.fallback(v.optional(OfTopics), undefined)),
    responsePayload: v.optional(v.object({ errorMessage: v.optional(v.string()) })),
  }),
);

function inWords({ Sns }: v.InferOutput<typeof OfTopics>['Records'][number]): string {
  const { TopicArn, Subject, Message } = Sns;
  return redact([TopicArn, Subject, Message].filter((part) => part).join(' · ')).slice(0, MOST_IN_WORDS);
}

/** The same without what is secret, so that a function can be invoked with it. */
function redacted(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, one) => {
    if (typeof one !== 'string') return one;
    return isSecretName(name) ? '…' : redact(one);
  });
}
