import { S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startAwsEmulator } from '../../local/aws/aws-emulator.ts';
import { type BusEvent, secretsAndBus } from '../../local/aws/secrets-and-bus.ts';
import type { Upload } from '../../local/triggers/upload-event.ts';

export const REGION = 'us-east-1';
export const clientOf = (endpoint: string) => ({
  endpoint,
  region: REGION,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

type Options = { onUpload?: (upload: Upload) => Promise<void> | void; keptIn?: string };

/** The AWS emulator on a free port, with clients; uploads and bus events are collected. */
export async function startEmulator({ onUpload = () => undefined, keptIn }: Options = {}) {
  const uploads: Upload[] = [];
  const events: BusEvent[] = [];
  const aws = await startAwsEmulator({
    port: 0,
    region: REGION,
    keptIn,
    onUpload(upload) {
      uploads.push(upload);
      return onUpload(upload);
    },
    answer: secretsAndBus({
      secrets: new Map([['dingdock/local', '{"a":1}']]),
      region: REGION,
      onEvent: (event) => events.push(event),
    }),
  });
  const sqs = new SQSClient(clientOf(aws.url));
  const s3 = new S3Client(clientOf(aws.url));
  return {
    url: aws.url,
    sqs,
    s3,
    uploads,
    events,
    async createQueue(name: string, attributes: Record<string, string> = {}) {
      await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
      return {
        queueUrl: `${aws.url}/000000000000/${name}`,
        queueArn: `arn:aws:sqs:${REGION}:000000000000:${name}`,
      };
    },
    async receive(queueUrl: string, seconds = 5, abortSignal?: AbortSignal): Promise<Message[]> {
      const all = ['All' as const];
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: seconds,
        MessageSystemAttributeNames: all,
      });
      return (await sqs.send(command, { ...(abortSignal && { abortSignal }) })).Messages ?? [];
    },
    async close() {
      sqs.destroy();
      s3.destroy();
      await aws.close();
    },
  };
}
