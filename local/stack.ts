import { appendFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Settings } from 'dingtalk-simulator';
import { HOST, type LocalProblem, type Ports } from '../stage/local-ports.ts';
import { appsSecretOf, ownKeysSecretOf } from '../stage/local-secret.ts';
import { type AwsCall, type AwsRequest, awsCallsOf } from './aws/aws-calls.ts';
import { startAwsEmulator } from './aws/aws-emulator.ts';
import { bucketCors } from './aws/bucket-cors.ts';
import { startDynamodb } from './aws/dynamodb.ts';
import { type BusEvent, secretsAndBus } from './aws/secrets-and-bus.ts';
import { uploadNotifications } from './aws/upload-notifications.ts';
import { bundle } from './bundle.ts';
import { startFunctions } from './functions.ts';
import { ownKeys } from './own-keys.ts';
import { claimPorts } from './ports.ts';
import { seed } from './seed.ts';
import { createResources } from './template/resources.ts';
import { readTemplate } from './template/template.ts';
import { startEventSources } from './triggers/event-source.ts';
import { FunctionFailed, lambdaInvoke } from './triggers/lambda-invoke.ts';
import { triggersOf } from './triggers/triggers.ts';

const STAGE = 'local';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

export type StackOptions = {
  /** 0 is any free port. */
  ports: Ports;
  /** Where bundles, bus.ndjson and functions.log go. */
  stateDir: string;
  /** The folder of serverless.yml. */
  root?: string;
  /** The text of DINGTALK_APPS: then the functions talk to the real DingTalk, and no simulator is started. */
  apps?: string | undefined;
  /** A DynamoDB that is already running. */
  dynamodbUrl?: string | undefined;
  /** Wins over what serverless.yml gives the functions. */
  environment?: Record<string, string>;
  /** What the simulated app has otherwise than stage/local-secret.ts says. */
  app?: object;
  /** What the simulator starts with instead of DingTalk's figures. */
  simulator?: Partial<Settings>;
  /** Whether schedules fire by themselves, at the minutes of the clock. Absent: yes. */
  schedules?: boolean;
  /** Bundle again when a source file changes. */
  watch?: boolean;
  /** One line of progress. */
  onProgress?: (line: string) => void;
  /** One line that serverless or a function wrote. */
  onFunctionLine?: (line: string) => void;
  onBusEvent?: (event: BusEvent) => void;
  /** What a function asked of AWS. Not with an outside DynamoDB. */
  onAwsCall?: (call: AwsCall) => void;
  /** The running stack has lost a part. */
  onFailure?: (problem: LocalProblem) => void;
  /** Pages of these origins may call all parts, beside the parts' own. */
  allowOrigins?: readonly string[];
  /** Stops a start half-way. */
  signal?: AbortSignal;
};

/** Starts everything on this machine; resolves when the API answers and the queues are polled. */
export async function startStack(options: StackOptions) {
  const { onProgress = () => undefined, signal, allowOrigins = [] } = options;
  const root = options.root ?? fileURLToPath(new URL('..', import.meta.url));
  const stateDir = resolve(root, options.stateDir);
  mkdirSync(stateDir, { recursive: true });
  const busFile = join(stateDir, 'bus.ndjson');
  const real = options.apps !== undefined;
  const keys = ownKeys(stateDir, real);
  const apps = appsSecretOf(options.apps, options.app);
  const ports = await claimPorts(options.ports, [
    ...(real ? (['simulator'] as const) : []),
    ...(options.dynamodbUrl === undefined ? [] : (['dynamodb'] as const)),
  ]);

  const address = (port: number) => `http://${HOST}:${port}`;
  const urls = {
    api: address(ports.api),
    aws: address(ports.aws),
    lambda: address(ports.lambda),
    dynamodb: options.dynamodbUrl ?? address(ports.dynamodb),
    simulator: real ? undefined : address(ports.simulator),
  };
  const template = readTemplate(join(root, 'serverless.yml'), {
    stage: STAGE,
    queuesUrl: urls.aws,
    params: {
      publicUrl: urls.api,
      uploadOrigins: allowOrigins.join(),
      ...(urls.simulator === undefined ? {} : { apiUrl: urls.simulator, oapiUrl: urls.simulator }),
    },
  });
  const { region } = template;
  const environment: Record<string, string> = {
    ...template.environment,
    ...awsVariables(urls.aws, urls.dynamodb, region),
    ...options.environment,
  };
  const needed = (name: string) => {
    const value = environment[name];
    if (value === undefined) throw new Error(`serverless.yml: no ${name} in provider.environment`);
    return value;
  };
  // A function signs with its name, which tells who asked for what. AWS's DynamoDB Local has other tables for each key.
  const keyOf = (name: string) => (options.dynamodbUrl === undefined ? name : CREDENTIALS.accessKeyId);
  const sqsAs = (accessKeyId: string) =>
    new SQSClient({ endpoint: urls.aws, region, credentials: { ...CREDENTIALS, accessKeyId } });
  const sqs = sqsAs(CREDENTIALS.accessKeyId);
  const isFunctions = ({ caller }: AwsCall) => template.functions.has(caller);

  const parts: (() => Promise<unknown> | undefined)[] = [async () => sqs.destroy()];
  const stop = async () => {
    // What was started last leans on the others, so it goes first.
    for (const part of parts.splice(0).reverse()) await part();
  };

  try {
    onProgress('bundling the functions');
    const bundles = join(stateDir, 'bundles');
    const bundler = bundle({
      root,
      outDir: bundles,
      template,
      watch: options.watch ?? false,
      onRebuilt(problem) {
        if (problem === undefined) functions.reload();
        else options.onFunctionLine?.(`✘ ${problem.message}`);
      },
    });
    parts.push(bundler.stop);
    const functions = startFunctions({
      root,
      bundles,
      bundled: bundler.ready,
      stage: STAGE,
      apiPort: ports.api,
      lambdaPort: ports.lambda,
      environment: {
        provider: { ...template.environment, ...options.environment },
        functions: Object.fromEntries(
          [...template.functions].map(([name, each]) => [
            name,
            { ...each.environment, AWS_ACCESS_KEY_ID: keyOf(name) },
          ]),
        ),
      },
      schedules: options.schedules ?? true,
      allowOrigins,
      aws: awsVariables(urls.aws, urls.dynamodb, region),
      onLine: options.onFunctionLine ?? (() => undefined),
      onExit: (problem) => options.onFailure?.(problem),
    });
    parts.push(functions.stop);
    // A rejection is taken up below, when the emulators are there.
    functions.ready.catch(() => undefined);
    signal?.addEventListener('abort', () => void functions.stop(), { once: true });

    const { onAwsCall } = options;
    const onRequest =
      onAwsCall && ((request: AwsRequest) => awsCallsOf(request, region).filter(isFunctions).forEach(onAwsCall));
    if (options.dynamodbUrl === undefined)
      parts.push((await startDynamodb(ports.dynamodb, onRequest, allowOrigins)).close);
    const aws = await startAwsEmulator({
      port: ports.aws,
      region,
      onRequest,
      allowOrigins,
      cors: bucketCors(template),
      onUpload: uploadNotifications(template, sqs, urls.aws),
      answer: secretsAndBus({
        secrets: new Map([
          [needed('DINGTALK_SECRET_ID'), apps],
          [needed('OWN_KEYS_SECRET_ID'), ownKeysSecretOf(keys)],
        ]),
        region,
        onEvent(event) {
          appendFileSync(busFile, `${JSON.stringify(event)}\n`);
          options.onBusEvent?.(event);
        },
      }),
    });
    parts.push(aws.close);
    if (urls.simulator !== undefined) {
      const { startSimulator } = await import('dingtalk-simulator');
      const simulator = await startSimulator({
        port: ports.simulator,
        callbackUrl: urls.api,
        settings: options.simulator ?? {},
        allowOrigins,
      });
      parts.push(() => simulator.close());
    }
    onProgress('creating tables, queues and buckets');
    await createResources(template, urls);
    await seed({
      dynamodbUrl: urls.dynamodb,
      region,
      tables: {
        keys: needed('KEYS_TABLE'),
        destinations: needed('DESTINATIONS_TABLE'),
        records: needed('RECORDS_TABLE'),
      },
      simulated: !real,
      keys,
    });
    onProgress('waiting for the API');
    await functions.ready;
    signal?.throwIfAborted();
    const invoke = lambdaInvoke(urls.lambda, `${template.service}-${STAGE}-`);
    for (const trigger of triggersOf(template, urls.aws)) {
      const client = sqsAs(keyOf(trigger.functionName));
      const sources = startEventSources({
        sqs: client,
        region,
        triggers: [trigger],
        invoke,
        onProblem({ functionName }, error) {
          if (error instanceof FunctionFailed) return;
          const text = error instanceof Error ? error.message : String(error);
          options.onFunctionLine?.(`× event source of ${functionName}: ${text}`);
        },
      });
      parts.push(() => sources.stop().finally(() => client.destroy()));
    }
    return { urls, ports, apiKey: keys.apiKey, environment, region, busFile, pid: functions.pid, invoke, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export type Stack = Awaited<ReturnType<typeof startStack>>;

/** The SDK's own variables: the functions find the emulators without knowing where they run. */
function awsVariables(aws: string, dynamodb: string, region: string) {
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_S3: aws,
    AWS_ENDPOINT_URL_SQS: aws,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws,
    AWS_ENDPOINT_URL_EVENTBRIDGE: aws,
  };
}
