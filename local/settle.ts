import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOST, type PortName, type Ports } from '../stage/local-ports.ts';
import { appsSecretOf, ownKeysSecretOf } from '../stage/local-secret.ts';
import { openKept } from './kept.ts';
import { ownKeys } from './own-keys.ts';
import type { PartName, Start } from './parts/parts.ts';
import { claimPorts } from './ports.ts';
import type { StackOptions } from './stack-options.ts';
import { readTemplate } from './template/template.ts';

export const STAGE = 'local';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Decides where everything is and what it is told, before anything is started. */
export async function settle(options: StackOptions) {
  const { allowOrigins = [], keep = false, fresh = false } = options;
  const root = options.root ?? fileURLToPath(new URL('..', import.meta.url));
  const stateDir = resolve(root, options.stateDir);
  mkdirSync(stateDir, { recursive: true });
  const real = options.apps !== undefined;
  const ports = await claimPorts(options.ports, unusedBy(options));
  const urls = urlsOf(ports, options);
  const reached = { ...urls, ...options.through };
  const templateFile = join(root, 'serverless.yml');
  const templateOptions = {
    stage: STAGE,
    queuesUrl: reached.aws,
    params: {
      publicUrl: urls.api,
      uploadOrigins: allowOrigins.join(),
      ...(reached.simulator === undefined ? {} : { apiUrl: reached.simulator, oapiUrl: reached.simulator }),
    },
  };
  const template = readTemplate(templateFile, templateOptions);
  const aws = awsVariables(reached, template.region);
  const environment: Record<string, string> = { ...template.environment, ...aws, ...options.environment };
  return {
    root,
    stateDir,
    busFile: join(stateDir, 'bus.ndjson'),
    keys: ownKeys(stateDir, real),
    apps: appsSecretOf(options.apps, options.app),
    ports,
    urls,
    reached,
    template,
    templateFile,
    templateOptions,
    aws,
    environment,
    needed(name: string): string {
      const value = environment[name];
      if (value === undefined) throw new Error(`serverless.yml: no ${name} in provider.environment`);
      return value;
    },
    kept: keep ? openKept(join(stateDir, real ? 'kept-real' : 'kept'), template, fresh) : undefined,
  };
}

export type Settled = Awaited<ReturnType<typeof settle>>;

/** The emulators that a stack needs, in the order of their start. */
export function ordersOf(options: StackOptions, settled: Settled): Start[] {
  const { ports, urls, reached, templateFile, templateOptions, busFile, needed, kept, keys, apps } = settled;
  const common = (name: PartName) => ({
    port: ports[name],
    allowOrigins: options.allowOrigins ?? [],
    ...(kept && { keptIn: kept.folderOf(name) }),
  });
  const secrets: [string, string][] = [
    [needed('DINGTALK_SECRET_ID'), apps],
    [needed('OWN_KEYS_SECRET_ID'), ownKeysSecretOf(keys)],
  ];
  const aws = { ...common('aws'), url: urls.aws, templateFile, template: templateOptions, secrets, busFile };
  const orders: Start[] = [{ name: 'aws', job: aws }];
  if (options.dynamodbUrl === undefined) orders.unshift({ name: 'dynamodb', job: common('dynamodb') });
  if (reached.simulator !== undefined) {
    const addresses = { callbackUrl: urls.api, linkUrl: reached.simulator };
    orders.push({
      name: 'simulator',
      job: { ...common('simulator'), ...addresses, settings: options.simulator ?? {} },
    });
  }
  return orders;
}

function unusedBy({ apps, dynamodbUrl }: StackOptions): PortName[] {
  return [
    ...(apps === undefined ? [] : (['simulator'] as const)),
    ...(dynamodbUrl === undefined ? [] : (['dynamodb'] as const)),
  ];
}

function urlsOf(ports: Ports, { apps, dynamodbUrl }: StackOptions) {
  const address = (port: number) => `http://${HOST}:${port}`;
  return {
    api: address(ports.api),
    aws: address(ports.aws),
    lambda: address(ports.lambda),
    dynamodb: dynamodbUrl ?? address(ports.dynamodb),
    simulator: apps === undefined ? address(ports.simulator) : undefined,
  };
}

/** The SDK's own variables: the functions find the emulators without knowing where they run. */
function awsVariables({ aws, dynamodb, lambda }: { aws: string; dynamodb: string; lambda: string }, region: string) {
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_S3: aws,
    AWS_ENDPOINT_URL_SQS: aws,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws,
    AWS_ENDPOINT_URL_EVENTBRIDGE: aws,
    AWS_ENDPOINT_URL_LAMBDA: lambda,
    AWS_ENDPOINT_URL_SFN: aws,
  };
}
