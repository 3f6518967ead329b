import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { ACCOUNT } from '../template/references.ts';
import { resourcesOf } from '../template/resources.ts';
import type { Template } from '../template/template.ts';
import { type Upload, uploadEvent } from '../triggers/upload-event.ts';

const Rule = v.object({ Name: v.string(), Value: v.string() });
const Bucket = v.object({
  BucketName: v.string(),
  NotificationConfiguration: v.optional(
    v.object({
      QueueConfigurations: v.optional(
        v.array(
          v.object({
            Event: v.string(),
            Queue: v.string(),
            Filter: v.optional(v.object({ S3Key: v.object({ Rules: v.array(Rule) }) })),
          }),
        ),
        [],
      ),
    }),
    {},
  ),
});

/** Tells the queues that serverless.yml subscribes to a bucket about an upload: fauxqs sends no notifications. */
export function uploadNotifications(template: Template, sqs: SQSClient, queuesUrl: string) {
  const buckets = resourcesOf(template, 'AWS::S3::Bucket').map((bucket) => v.parse(Bucket, bucket));
  return async (upload: Upload) => {
    const wanted = buckets
      .filter(({ BucketName }) => BucketName === upload.bucket)
      .flatMap(({ NotificationConfiguration }) => NotificationConfiguration.QueueConfigurations ?? [])
      .filter(({ Event }) => covers(Event, upload.event))
      .filter(({ Filter }) => (Filter?.S3Key.Rules ?? []).every((rule) => keyMatches(rule, upload.key)));
    for (const { Queue } of wanted) {
      const QueueUrl = `${queuesUrl}/${ACCOUNT}/${Queue.split(':').at(-1)}`;
      await sqs.send(
        new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(uploadEvent(upload, new Date())) }),
      );
    }
  };
}

/** `s3:ObjectCreated:*` covers `ObjectCreated:Put`. */
function covers(pattern: string, event: string) {
  return pattern === `s3:${event}` || pattern === `s3:${event.split(':')[0]}:*`;
}

function keyMatches({ Name, Value }: v.InferOutput<typeof Rule>, key: string) {
  return Name.toLowerCase() === 'prefix' ? key.startsWith(Value) : key.endsWith(Value);
}
