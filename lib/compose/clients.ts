import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBus } from '../aws/bus.ts';
import { createDynamodb, type Dynamodb } from '../aws/dynamodb.ts';
import { createJsonCall, type JsonCall } from '../aws/json-call.ts';
import { createWorkedQueue } from '../aws/queues/worked-queue.ts';
import { createS3Call, type S3Call } from '../aws/s3/s3-call.ts';
import { createDeathTable } from '../aws/tables/death-table.ts';
import { KEEPING, type Keeping } from '../aws/tables/keeping.ts';
import { createKeyTable } from '../aws/tables/key-table.ts';
import type { awsEnv, Config, callersEnv, publishEnv } from '../base/config.ts';
import { createIds } from '../base/ids.ts';
import type { Log } from '../base/log.ts';

/** For ports that need the time or chance. */
export const clock = { now: Date.now, sleep: (ms: number) => sleep(ms), random: Math.random };
export const randomId = () => randomBytes(16).toString('hex');

export const patient = { timeoutMs: 5_000, attempts: 3 };
/** A callback has to be answered within a second (callbacks.md §0, fact 9): DingTalk's repeat is the second attempt. */
export const quick = { timeoutMs: 800, attempts: 1 };

/** One client a service and container: each would have connections of its own. */
let dynamodbClient: Dynamodb | undefined;
export function dynamodb(config: AwsConfig): Dynamodb {
  dynamodbClient ??= createDynamodb(dynamodbCall(config, patient));
  return dynamodbClient;
}

/** Single objects of S3. */
export function s3Call(config: AwsConfig): S3Call {
  return createS3Call(s3Service(config));
}

/** Where S3 is, and how long to wait for it. */
export function s3Service({ AWS_REGION: region, AWS_ENDPOINT_URL_S3: url }: AwsConfig) {
  return { region, url, ...patient };
}

export function dynamodbCall(config: AwsConfig, limits: typeof patient): JsonCall {
  const { AWS_REGION: region, AWS_ENDPOINT_URL_DYNAMODB: url = endpoint('dynamodb', region) } = config;
  return createJsonCall({ url, service: 'dynamodb', region, ...limits });
}

export type AwsConfig = Config<typeof awsEnv>;

/** SQS, where the queue is. */
export function sqs({ AWS_REGION: region }: AwsConfig, queueUrl: string, limits = patient): JsonCall {
  return createJsonCall({ url: queueUrl, service: 'sqs', region, ...limits });
}

/** Where AWS has a service in a region. */
export function endpoint(
  service: 'dynamodb' | 'events' | 'lambda' | 'secretsmanager' | 'states',
  region: string,
): string {
  return `https://${service}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
}

/** The queue that a function works off, what tells which of its records kill their worker, and its dead letters. */
export function workedQueue(config: AwsConfig & { LIMITS_TABLE: string }, url: string, deadLettersUrl: string) {
  return {
    ...createWorkedQueue(sqs(config, url), { url, deadLettersUrl }),
    ...createDeathTable(dynamodb(config), config.LIMITS_TABLE, clock.now),
  };
}

/** The event bus that other systems listen to. */
export function bus(config: AwsConfig & Config<typeof publishEnv>) {
  const { AWS_REGION: region, AWS_ENDPOINT_URL_EVENTBRIDGE: url = endpoint('events', region) } = config;
  return createBus(createJsonCall({ url, service: 'events', region, ...patient }), config.BUS_NAME);
}

/** How long records are kept; those that this version cannot read are passed over, and counted. */
export function keepingOf({ KEEP_DAYS: keepDays }: { KEEP_DAYS: number }, log: Log): Keeping {
  return { ...toldBy(log), keepDays };
}

/** The same where nothing is kept for a time. */
export function toldBy(log: Log): Keeping {
  return { ...KEEPING, unreadable: (table, count) => log.error('records-unreadable', { table, count }) };
}

/** What it takes to know callers. */
export function callerPorts(config: Config<typeof callersEnv>) {
  return {
    by: config.AUTHORIZER,
    keys: createKeyTable(dynamodb(config), config.KEYS_TABLE, clock.now),
    now: clock.now,
    scopeClaim: config.JWT_SCOPE_CLAIM,
    scopePrefix: config.JWT_SCOPE_PREFIX,
    destinationsRequired: config.JWT_DESTINATIONS === 'required',
  };
}

/** Ids of records that only this stage can make. */
export function recordIds({ linkKey }: { linkKey: string }) {
  return { ids: createIds(linkKey) };
}
