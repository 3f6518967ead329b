import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { createJsonCall, type JsonCall } from '../aws/json-call.ts';

/** What every port that keeps time or tosses coins gets. */
export const clock = { now: Date.now, sleep: (ms: number) => sleep(ms), random: Math.random };
export const randomId = () => randomBytes(16).toString('hex');

/** Fails a dead connection while there is time left to say so. */
const aws = {
  maxAttempts: 3,
  // without the last one the SDK only warns, and waits on
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};
export const patient = { timeoutMs: 5_000, attempts: 3 };
/** A callback has to be answered within a second (callbacks.md §0, fact 9): DingTalk's repeat is the second attempt. */
export const quick = { timeoutMs: 800, attempts: 1 };

/** One client a service and container: each would have connections of its own. */
let dynamodbClient: DynamoDBClient | undefined;
export function dynamodb(): DynamoDBClient {
  dynamodbClient ??= new DynamoDBClient(aws);
  return dynamodbClient;
}

/** A presigned upload carries no checksum of a body that nobody has seen yet. */
export function s3(): S3Client {
  return new S3Client({ ...aws, requestChecksumCalculation: 'WHEN_REQUIRED' });
}

export type AwsConfig = { AWS_REGION: string };

/** SQS, where the queue is. */
export function sqs({ AWS_REGION: region }: AwsConfig, queueUrl: string, limits = patient): JsonCall {
  return createJsonCall({ url: queueUrl, service: 'sqs', region, ...limits });
}

/** Where AWS has a service in a region. */
export function endpoint(service: 'events' | 'secretsmanager', region: string): string {
  return `https://${service}.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
}
