import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { ACMClient, ImportCertificateCommand } from '@aws-sdk/client-acm';
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startTestStack } from '../support/stack.ts';
import { selfSigned } from './certificate.ts';
import { newAccount, worldOf } from './world.ts';

// docs/deploy.md from its first command to its last, as a reader types them. AWS on this machine is the account; its
// functions do not run, so that the local stack answers for the API.

let stack: Awaited<ReturnType<typeof startTestStack>>;
let env: Record<string, string>;
/** What a reader puts in the place of an ellipsis. */
const own: [RegExp, string][] = [];

beforeAll(async () => {
  await newAccount();
  const { common } = worldOf();
  stack = await startTestStack();
  const acm = new ACMClient(common);
  const { CertificateArn = '' } = await acm.send(new ImportCertificateCommand(selfSigned('dock.example.com')));
  const ec2 = new EC2Client(common);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  own.push(
    [/arn:aws:acm:…/, CertificateArn],
    [/subnet-…,subnet-…/, `${Subnets[0]?.SubnetId},${Subnets[1]?.SubnetId}`],
    [/sg-…/, String(SecurityGroups.find(({ VpcId }) => VpcId === Subnets[0]?.VpcId)?.GroupId)],
    [/"accessToken":"…","secret":"SEC…"/, '"accessToken":"simopsrobot","secret":"SECsimopsrobot"'],
    [/dd_…/, 'local'],
    // until Ctrl-C otherwise
    [/(dingdock tail .*--errors)/, '$1 --once'],
  );
  env = {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: process.env.HOME ?? '',
    AWS_ENDPOINT_URL: inject('aws'),
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    TEMPLATE_ONLY: '1',
    SLS_AWS_MONITORING_FREQUENCY: '100',
    DINGDOCK_URL: stack.urls.api,
    API: stack.urls.api,
    // what `init` would ask for at a terminal
    DINGTALK_CORP_ID: 'dingsimcorp',
    DINGTALK_APP_KEY: 'dingsimapp',
    DINGTALK_AGENT_ID: '1000001',
    DINGTALK_APP_SECRET: 'dingsimsecret',
    DINGTALK_API_URL: String(stack.urls.simulator),
    DINGTALK_OAPI_URL: String(stack.urls.simulator),
  };
});
afterAll(() => stack?.stop());

/** The commands of a document, one a line; those that are about the checkout are done already. */
function commandsOf(file: string): string[] {
  const blocks = [...readFileSync(file, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);
  return blocks
    .flatMap((text) => text.replaceAll('\\\n', ' ').split('\n'))
    .filter((line) => line !== '' && !/^(git|npm) /.test(line));
}

function type(line: string): Promise<{ code: number; said: string }> {
  const command = own.reduce((text, [place, value]) => text.replace(place, value), line);
  const [, name, value] = /^export (\w+)=(.*)$/.exec(command) ?? [];
  if (name !== undefined && value !== undefined) env[name] = value;
  return new Promise((resolve) => {
    execFile('bash', ['-c', command], { env, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: `${stdout}${stderr}` }),
    );
  });
}

/** What a command ends with here that would end with 0 in the reader's account. */
const ELSEWHERE: [RegExp, number, string][] = [
  [/jwtIssuer=/, 6, 'gives no OpenID configuration'],
  // the stage's secret is of this account, and the API of the local stack has another
  [/dingdock doctor/, 23, 'callback-key'],
];

test('every command of docs/deploy.md does what it says', async () => {
  const commands = commandsOf('docs/deploy.md');
  expect(commands.length).toBeGreaterThan(20);
  const ended: unknown[] = [];
  for (const line of commands) {
    let { code, said } = await type(line);
    // it asked; at a terminal a reader says yes
    if (said.includes('the same command with --yes')) ({ code, said } = await type(`${line} --yes`));
    const [, expected = 0, words = ''] = ELSEWHERE.find(([pattern]) => pattern.test(line)) ?? [];
    const right = code === expected && said.includes(words);
    ended.push([line, right ? 'as it says' : `${code}: ${said.slice(-1500)}`]);
  }
  expect(ended).toEqual(commands.map((line) => [line, 'as it says']));
});
