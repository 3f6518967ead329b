import { appendFileSync } from 'node:fs';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Settings } from 'dingtalk-simulator';
import type { AwsRequest } from '../aws/aws-calls.ts';
import { startAwsEmulator } from '../aws/aws-emulator.ts';
import { bucketCors } from '../aws/bucket-cors.ts';
import { startDynamodb } from '../aws/dynamodb.ts';
import { type BusEvent, secretsAndBus } from '../aws/secrets-and-bus.ts';
import { uploadNotifications } from '../aws/upload-notifications.ts';
import { readTemplate, type TemplateOptions } from '../template/template.ts';

type Common = {
  port: number;
  allowOrigins: readonly string[];
  /** The folder in which it keeps what it has; absent: in memory. */
  keptIn?: string;
};

/** What each part is started with: plain data, so that it can go to a process of its own. */
export type Jobs = {
  dynamodb: Common;
  aws: Common & {
    url: string;
    templateFile: string;
    template: TemplateOptions;
    secrets: [id: string, text: string][];
    busFile: string;
  };
  simulator: Common & { callbackUrl: string; settings: Partial<Settings>; linkUrl: string };
};
export type PartName = keyof Jobs;
/** A part and its job. */
export type Start = { [K in PartName]: { name: K; job: Jobs[K] } }[PartName];

/** What a part tells of itself while it runs. */
export type Hooks = { onBusEvent?: (event: BusEvent) => void; onRequest?: ((request: AwsRequest) => void) | undefined };

export type Part = { close(): Promise<unknown> };

/** Starts a part in this process. */
export async function startPart({ name, job }: Start, hooks: Hooks): Promise<Part> {
  if (name === 'aws') return startAws(job, hooks);
  if (name === 'dynamodb') return startDynamodb(job.port, hooks.onRequest, job.allowOrigins, job.keptIn);
  const { startSimulator } = await import('dingtalk-simulator');
  return startSimulator(job);
}

async function startAws(job: Jobs['aws'], { onRequest, onBusEvent }: Hooks): Promise<Part> {
  const { port, url, allowOrigins, keptIn, templateFile, secrets, busFile } = job;
  const template = readTemplate(templateFile, job.template);
  const { region } = template;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint: url, region, credentials });
  const emulator = await startAwsEmulator({
    port,
    region,
    keptIn,
    onRequest,
    allowOrigins,
    cors: bucketCors(template),
    onUpload: uploadNotifications(template, sqs, url),
    answer: secretsAndBus({
      secrets: new Map(secrets),
      region,
      onEvent(event) {
        appendFileSync(busFile, `${JSON.stringify(event)}\n`);
        onBusEvent?.(event);
      },
    }),
  });
  return { close: () => emulator.close().finally(() => sqs.destroy()) };
}
