import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { createDestinationTable } from '../../lib/aws/tables/destination-table.ts';
import { createMeterTable } from '../../lib/aws/tables/meter-table.ts';
import { createSourceTable } from '../../lib/aws/tables/source-table.ts';
import { createSeal } from '../../lib/base/seal.ts';
import { DingTalkApp } from '../../lib/dingtalk/app.ts';
import { createMeter } from '../../lib/messages/limits/meter.ts';
import { readPorts } from '../../stage/local-ports.ts';
import { appsSecretOf, ownKeysSecretOf } from '../../stage/local-secret.ts';
import type { Given } from '../command.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Env, Io } from '../terminal.ts';
import { localKeys } from './local-keys.ts';
import { readStored, secretsOf } from './stage-secret.ts';

const LOCAL = 'local';
const Apps = v.object({ apps: v.array(DingTalkApp) });
const OwnKeys = v.object({ sealingKey: v.string() });

/** A stage, deployed or on this machine: where its parts are. Clients are made when they are asked for. */
export function targetOf({ env, now }: Pick<Io, 'env' | 'now'>, given: Given) {
  const stage = given.text('stage') ?? LOCAL;
  const local = stage === LOCAL;
  // a deployed stage has one by then (cli/stage/with-stage.ts)
  const region = given.text('region') ?? (env.AWS_REGION || 'us-east-1');
  const ports = readPorts(env);
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: LOCAL, secretAccessKey: LOCAL };
  const common = { region, maxAttempts: 3 };
  const emulated = (endpoint: string) => ({ region: 'us-east-1', maxAttempts: 1, endpoint, credentials });
  const aws = local ? emulated(at(ports.aws)) : common;
  const dynamodb = new DynamoDBClient(local ? emulated(env.AWS_ENDPOINT_URL_DYNAMODB || at(ports.dynamodb)) : common);
  const sqs = new SQSClient(aws);
  const name = (part: string) => `dingdock-${stage}-${part}`;

  const places = secretsOf({ stage, region });
  function read<S extends v.GenericSchema>(schema: S, name: string, text: string | undefined): v.InferOutput<S> {
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
    if (parsed.success) return parsed.output;
    const members = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'it'} (${issue.type})`);
    const message = `the secret ${name} is not as it should be: ${[...new Set(members)].join(', ')}`;
    throw new CliError(EXIT.failed, 'bad_secret', message, `Write it anew: dingdock init --stage ${stage}`);
  }
  const apps = async () => (local ? appsSecretOf(env.DINGTALK_APPS || undefined) : await readStored(env, places.apps));
  const ownKeys = async () => (local ? ownKeysSecretOf(localKeys(env)) : await readStored(env, places.ownKeys));
  /** Opens what the functions sealed for that purpose. */
  const sealOf = async (purpose: string) =>
    createSeal(read(OwnKeys, places.ownKeys.name, await ownKeys()).sealingKey, purpose);

  return {
    stage,
    local,
    region,
    dynamodb,
    sqs,
    table: name,
    /** The address of a queue, by its name after the stage. */
    async queueUrl(part: string): Promise<string> {
      const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: name(part) }));
      return QueueUrl;
    },
    /** The secret of the apps. */
    secret: async () => read(Apps, places.apps.name, await apps()),
    destinations: async () => createDestinationTable(dynamodb, name('destinations'), await sealOf('destinations'), now),
    sources: async () => createSourceTable(dynamodb, { table: name('records'), seal: await sealOf('sources') }, now),
    /** Counts the command's own calls to DingTalk among the month's. */
    meter: createMeter(createMeterTable(dynamodb, name('limits'), now), now),
    /** Whether DingTalk is the simulator. */
    simulated: local && !env.DINGTALK_APPS,
    dingtalkUrls: dingtalkUrls(env, local && !env.DINGTALK_APPS),
    /** The API's address. */
    async api(): Promise<string> {
      if (env.DINGDOCK_URL) return env.DINGDOCK_URL.replace(/\/+$/, '');
      return local ? at(ports.api) : outputOf(stage, region, 'Api');
    },
    close() {
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}

export type Target = ReturnType<typeof targetOf>;

export function dingtalkUrls(env: Env, simulated: boolean): { api: string; oapi: string } {
  const simulator = env.SIMULATOR_URL || `http://127.0.0.1:${env.SIMULATOR_PORT || 3100}`;
  if (simulated) return { api: simulator, oapi: simulator };
  return {
    api: env.DINGTALK_API_URL || 'https://api.dingtalk.com',
    oapi: env.DINGTALK_OAPI_URL || 'https://oapi.dingtalk.com',
  };
}

/** What the deployment says of itself. */
async function outputOf(stage: string, region: string, key: string): Promise<string> {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient({ region });
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: `dingdock-${stage}` }));
  const found = Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  if (found !== undefined) return found;
  throw new CliError(
    EXIT.failed,
    'not_deployed',
    `the stack dingdock-${stage} in ${region} has no ${key}`,
    `Deploy it: dingdock deploy --stage ${stage} --region ${region}`,
  );
}
