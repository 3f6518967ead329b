import { execFile } from 'node:child_process';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { inject } from 'vitest';

/** AWS as a test sees it: one region's clients, and the command line that deploys to it. */
export function worldOf(region = 'eu-central-1') {
  const endpoint = inject('aws');
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const common = { region, endpoint, credentials };
  const cloudformation = new CloudFormationClient(common);

  /** The command line in a process of its own, with --json. */
  function dingdock(
    line: string,
    more: Record<string, string> = {},
  ): Promise<{ code: number; json: Json; said: string }> {
    const [own = '', ofFramework] = line.split(' -- ');
    const words = `${own} --json${ofFramework === undefined ? '' : ` -- ${ofFramework}`}`.split(' ').filter(Boolean);
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      // any file for a zip, and no waiting for a CloudFormation that is at once done
      TEMPLATE_ONLY: '1',
      SLS_AWS_MONITORING_FREQUENCY: '100',
      ...more,
    };
    const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
    return new Promise((resolve) => {
      execFile(process.execPath, ['cli/main.ts', ...words], { env: set, maxBuffer: 1e8 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        resolve({ code, json: jsonOf(stdout), said: stderr });
      });
    });
  }

  return {
    region,
    common,
    dynamodb: new DynamoDBClient(common),
    cloudformation,
    dingdock: (line: string, more?: Record<string, string>) => dingdock(`--region ${region} ${line}`, more),
    /** As a person would run it: what the CLI printed, word for word. */
    run: (command: string, more?: Record<string, string>) => dingdock(command.replace(/^(npx )?dingdock /, ''), more),
    /** Logical ids and physical names of a stage's stack. */
    async resources(stage: string): Promise<Map<string, string>> {
      const found = new Map<string, string>();
      // moto lists what a condition leaves out without a name
      for await (const { StackResourceSummaries = [] } of paginateListStackResources(
        { client: cloudformation },
        { StackName: `dingdock-${stage}` },
      ))
        for (const { LogicalResourceId = '', PhysicalResourceId = '' } of StackResourceSummaries)
          if (LogicalResourceId !== '') found.set(LogicalResourceId, PhysicalResourceId);
      return found;
    },
    async status(stage: string): Promise<string | undefined> {
      const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: `dingdock-${stage}` }));
      return Stacks[0]?.StackStatus;
    },
    async secret(stage: string): Promise<void> {
      for (const Name of [`dingdock/${stage}`, `dingdock/${stage}/keys`]) {
        await new SecretsManagerClient(common).send(new CreateSecretCommand({ Name, SecretString: '{}' }));
      }
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the tests look into it with expect
type Json = any;

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return { unreadable: text };
  }
}

/** A new account; `limit`: how many functions may run in it, `denied`: what IAM's simulator denies. */
export async function newAccount(account: { limit?: number; denied?: string[] } = {}): Promise<void> {
  await post('reset', {});
  await post('account', account);
}

/** Resources, by logical id or type, that cannot be made, with the reason. */
export const refuse = (resources: Record<string, string>) => post('refuse', resources);

async function post(path: string, body: object): Promise<void> {
  const answer = await fetch(`${inject('aws')}/moto-api/${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
}
