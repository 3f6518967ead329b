import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { linkRoutes } from '../contract/routes/links.ts';
import { signInRoutes } from '../contract/routes/sign-in.ts';
import { ROUTES } from '../contract/routes.ts';
import * as config from '../lib/base/config.ts';
import { callsIn, identifiersIn, textsIn } from './support/syntax.ts';

const tag = (name: string) => ({ tag: `!${name}`, resolve: (value: string) => ({ [name]: value }) });
const serverless = parse(readFileSync('serverless.yml', 'utf8'), {
  customTags: [tag('Ref'), tag('GetAtt'), tag('Sub')],
});
const { functions, provider } = serverless;
const { Resources } = Object.assign({}, ...serverless.resources.filter((part: unknown) => typeof part === 'object'));
const grants: Record<string, Record<string, string[]>> = parse(readFileSync('deploy/grants.yml', 'utf8'));
const handlers: string[] = Object.values<{ handler: string }>(functions).map(({ handler }) => handler);

/** How a call to a service of AWS is named in its header. */
const TARGET = /^(?:AmazonSQS|AWSEvents|AWSStepFunctions|lambda|secretsmanager)\.(\w+)$/;

/** The environment variables that a handler's config names. */
function configKeys(handler: string): string[] {
  const { names, env } = identifiersIn(handler.replace(/\.handler$/, '.ts'));
  const parts = Object.entries(config).filter(([name]) => name.endsWith('Env') && names.includes(name));
  return [...env, ...parts.flatMap(([, part]) => Object.keys(part))];
}

test('every function has its handler file, and every handler file its function', () => {
  const files = handlers.map((handler) => handler.replace(/\.handler$/, '.ts'));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  const folders = readdirSync('functions').map((folder) => `functions/${folder}/handler.ts`);
  expect(folders.sort()).toEqual([...files].sort());
});

test('every setting that a function reads is set, and every one that is set is read', () => {
  // AWS_… are Lambda's own
  const read = new Set(handlers.flatMap(configKeys).filter((key) => !key.startsWith('AWS_')));
  expect(read.size).toBeGreaterThan(10);
  expect(Object.keys(provider.environment).sort()).toEqual([...read].sort());
});

test('every function logs under its name, and counts for its stage', () => {
  for (const name of Object.keys(functions)) {
    const calls = callsIn(`functions/${name}/handler.ts`);
    const argsOf = (called: string) => calls.filter((call) => call.name === called).map(({ args }) => args);
    for (const args of argsOf('createLog')) expect(args).toEqual([`'${name}'`, 'process.env.STAGE']);
    for (const args of argsOf('metricLines')) expect([name, args]).toEqual([name, ['process.env.STAGE']]);
  }
});

test('every function has a role of its own, and the role no other', () => {
  const pascal = (name: string) => name.replace(/(?:^|-)(\w)/g, (_, first: string) => first.toUpperCase());
  expect(Object.keys(grants).sort()).toEqual(Object.keys(functions).sort());
  for (const [name, { role }] of Object.entries<{ role: string }>(functions)) expect(role).toBe(`${pascal(name)}Role`);
});

test('what is granted is what lib/aws calls, on what the template makes', () => {
  const files = readdirSync('lib/aws', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `lib/aws/${file}`);
  const classes = files.flatMap(callsIn).flatMap(({ name }) => /^(\w+)Command$/.exec(name)?.[1] ?? []);
  const targets = files.flatMap(textsIn).flatMap((text) => TARGET.exec(text)?.[1] ?? []);
  // single objects are asked for by signed requests of these methods
  const objects = files.filter((file) => file.startsWith('lib/aws/s3/')).flatMap(textsIn);
  const methods = Object.entries({ GET: 'GetObject', HEAD: 'HeadObject', PUT: 'PutObject' });
  const signed = methods.flatMap(([method, name]) => (objects.includes(method) ? [name] : []));
  const commands = [...classes, ...targets, ...signed];
  // AWS grants a batch as its single call, and the steps of a multipart upload as one put.
  const grantOf: Record<string, string> = {
    SendMessageBatch: 'SendMessage',
    ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
    HeadObject: 'GetObject',
    CreateMultipartUpload: 'PutObject',
    UploadPart: 'PutObject',
    CompleteMultipartUpload: 'PutObject',
  };
  const granted = Object.values(grants).flatMap(({ consumes: _, ...actions }) => Object.keys(actions));
  // A version is granted apart from its object; who may not list is told that a missing object is forbidden.
  // SNS takes a form, to a topic that the stage names.
  const besides = ['s3:GetObjectVersion', 's3:ListBucket', 'sns:Publish'];
  const names = granted
    .filter((action) => !besides.includes(action.replace(/^deny /, '')))
    .map((action) => action.replace(/^deny /, '').split(':')[1]);
  expect([...new Set(names)].sort()).toEqual([...new Set(commands.map((name) => grantOf[name] ?? name))].sort());
  const on = new Set(Object.values(grants).flatMap((entry) => Object.values(entry).flat()));
  const made = (name: string) =>
    /^(Apps|OwnKeys)Secret$|^FallbackTopic$/.test(name) ||
    (name.split('/')[0] ?? '') in Resources ||
    (name === 'AnswerDashstepLambdaFunction' && 'answer-step' in functions);
  // AWS knows no resource of these
  const wide = Object.entries(grants).filter(([, entry]) => Object.values(entry).flat().includes('*'));
  expect(wide).toEqual([['answer-step', { 'states:SendTaskSuccess': ['*'], 'states:SendTaskFailure': ['*'] }]]);
  expect([...on].filter((name) => name !== '*' && !made(name))).toEqual([]);
});

test('a queue hides a record for as long as its function may run, files excepted for 30 s, and keeps it for less time than its dead letters', () => {
  for (const { events = [], timeout = provider.timeout } of Object.values<{
    events?: { sqs?: { arn: { GetAtt: string } } }[];
    timeout?: number;
  }>(functions)) {
    for (const { sqs } of events) {
      if (!sqs) continue;
      const queue = Resources[sqs.arn.GetAtt.replace('.Arn', '')].Properties;
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(timeout);
      const isOfFiles = /Uploads|Inbound/.test(sqs.arn.GetAtt);
      if (!isOfFiles) expect([sqs.arn.GetAtt, queue.VisibilityTimeout]).toEqual([sqs.arn.GetAtt, 30]);
      const { deadLetterTargetArn, maxReceiveCount } = queue.RedrivePolicy;
      const dead = Resources[deadLetterTargetArn.GetAtt.replace('.Arn', '')].Properties;
      expect([queue.MessageRetentionPeriod, dead.MessageRetentionPeriod]).toEqual([345_600, 1_209_600]);
      expect(maxReceiveCount).toBe(1000); // what a function puts there goes by the kind of its error
    }
  }
});

test('nothing secret stands in the template: the functions get the names of the secrets only', () => {
  expect(
    Object.keys(provider.environment)
      .filter((key) => /SECRET|TOKEN|KEY/.test(key))
      .sort(),
  ).toEqual(['DINGTALK_SECRET_ID', 'KEYS_TABLE', 'OWN_KEYS_SECRET_ID', 'TOKENS_TABLE']);
});

test('the routes are those of the contract, and each that needs a key asks who calls', () => {
  type Taken = '*' | { method: string; path: string; authorizer?: string };
  const taken = Object.values<{ events?: { httpApi?: Taken }[] }>(functions).flatMap(({ events = [] }) =>
    events.flatMap(({ httpApi }) => (httpApi ? [httpApi] : [])),
  );
  expect(taken.filter((one) => one === '*')).toHaveLength(1);
  const routes = taken.filter((one) => one !== '*');
  const asks = routes.map(({ method, path, authorizer }) => [`${method} ${path}`, authorizer !== undefined]);
  expect(Object.fromEntries(asks)).toEqual(
    Object.fromEntries(Object.entries(ROUTES).map(([route, { needs }]) => [route, needs !== 'none'])),
  );
  expect(asks).toHaveLength(Object.keys(ROUTES).length);
});

test('what is open to anybody who guesses an address is slow enough to be no use for guessing', () => {
  const { extensions } = parse(readFileSync('deploy/api.yml', 'utf8'), { customTags: [tag('Ref'), tag('GetAtt')] });
  const throttled = Object.keys(extensions.HttpApiStage.Properties.RouteSettings);
  expect(throttled.sort()).toEqual(Object.keys({ ...linkRoutes, ...signInRoutes }).sort());
});
