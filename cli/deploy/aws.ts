import { ACMClient } from '@aws-sdk/client-acm';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';

/** The clients that a deployment asks AWS with, in one region. */
export function awsOf(region: string) {
  const common = { region, maxAttempts: 4 };
  const clients = {
    acm: new ACMClient(common),
    api: new ApiGatewayV2Client(common),
    cloudformation: new CloudFormationClient(common),
    cloudwatch: new CloudWatchClient(common),
    dynamodb: new DynamoDBClient(common),
    events: new EventBridgeClient(common),
    iam: new IAMClient(common),
    lambda: new LambdaClient(common),
    logs: new CloudWatchLogsClient(common),
    s3: new S3Client({ ...common, followRegionRedirects: false }),
    secrets: new SecretsManagerClient(common),
    sns: new SNSClient(common),
    sqs: new SQSClient({ ...common, useQueueUrlAsEndpoint: false }),
    sts: new STSClient(common),
  };
  return {
    ...clients,
    region,
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

export type StageAws = ReturnType<typeof awsOf>;

/** The errors by which AWS says "not there" count as an answer. */
export async function orAbsent<T, A>(asked: Promise<T>, absent: A, ...names: string[]): Promise<T | A> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return absent;
    throw error;
  }
}
