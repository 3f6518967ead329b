import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from 'dingtalk-simulator';
import type { AwsRequest } from '../local/aws/aws-calls.ts';
import { startAwsEmulator } from '../local/aws/aws-emulator.ts';
import { startDynamodb } from '../local/aws/dynamodb.ts';
import { secretsAndBus } from '../local/aws/secrets-and-bus.ts';
import { seed } from '../local/seed.ts';
import { createResources } from '../local/template/resources.ts';
import { readTemplate } from '../local/template/template.ts';
import { appsSecretOf, KNOWN_KEYS, ownKeysSecretOf } from '../stage/local-secret.ts';
import { packageFunctions, root } from './packaged.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

/** The packaged functions and a folder that goes away; what every measurement starts from. */
export async function makeBed() {
  const dir = mkdtempSync(join(tmpdir(), 'dingdock-bench-'));
  const template = readTemplate(join(root, 'serverless.yml'), {
    stage: 'local',
    queuesUrl: 'http://127.0.0.1:9',
    params: { publicUrl: 'http://127.0.0.1:9', apiUrl: 'http://127.0.0.1:9', oapiUrl: 'http://127.0.0.1:9' },
  });
  console.log('packaging the functions as for deployment …');
  const functions = await packageFunctions(dir, template);
  const environment = { ...template.environment, ...CREDENTIALS, AWS_REGION: template.region };
  return { dir, template, functions, environment, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export type Bed = Awaited<ReturnType<typeof makeBed>>;

type WorldOptions = {
  simulator?: Parameters<typeof startSimulator>[0];
  onRequest?: (request: AwsRequest) => void;
};

/** AWS and DingTalk played in this process: empty tables and queues, the local fixtures, and the functions' environment. */
export async function startWorld({ simulator: options = {}, onRequest }: WorldOptions = {}) {
  const region = 'us-east-1';
  const answer = secretsAndBus({
    secrets: new Map([
      ['dingdock/local', appsSecretOf(undefined)],
      ['dingdock/local/keys', ownKeysSecretOf(KNOWN_KEYS)],
    ]),
    region,
    onEvent: () => undefined,
  });
  const aws = await startAwsEmulator({ port: 0, region, onUpload: () => undefined, answer, onRequest });
  const dynamodb = await startDynamodb(0, onRequest);
  const simulator: Simulator = await startSimulator({ port: 0, ...options });
  const params = { publicUrl: aws.url, apiUrl: simulator.url, oapiUrl: simulator.url };
  const template = readTemplate(join(root, 'serverless.yml'), { stage: 'local', queuesUrl: aws.url, params });
  const {
    KEYS_TABLE: keys = '',
    DESTINATIONS_TABLE: destinations = '',
    RECORDS_TABLE: records = '',
  } = template.environment;
  await createResources(template, { aws: aws.url, dynamodb: dynamodb.url });
  await seed({
    dynamodbUrl: dynamodb.url,
    region,
    tables: { keys, destinations, records },
    simulated: true,
    keys: KNOWN_KEYS,
  });
  const environment: Record<string, string> = {
    ...template.environment,
    ...CREDENTIALS,
    AWS_REGION: region,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_S3: aws.url,
    AWS_ENDPOINT_URL_SQS: aws.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: aws.url,
  };
  return {
    region,
    template,
    environment,
    urls: { aws: aws.url, dynamodb: dynamodb.url, simulator: simulator.url },
    close: async () => {
      await simulator.close();
      await Promise.all([aws.close(), dynamodb.close()]);
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;
