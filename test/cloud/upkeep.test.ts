import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACMClient, ImportCertificateCommand } from '@aws-sdk/client-acm';
import { DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfSigned } from './certificate.ts';
import { newAccount, worldOf } from './world.ts';

// What a stage chose stays with it through everything that is done to it, and each choice changes what it should.

type World = ReturnType<typeof worldOf>;
let world: World;
let before: Map<string, string>;
let certificate: ReturnType<typeof selfSigned>;
/** An OpenID provider, as much of it as is asked before a deployment. */
let issuer: ReturnType<typeof createServer>;
let issuerUrl: string;
const trust = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };

beforeAll(async () => {
  await newAccount();
  world = worldOf();
  certificate = selfSigned('dock.example.com');
  issuer = createServer(
    { key: certificate.PrivateKey, cert: certificate.Certificate },
    (_, response) => void response.end('{}'),
  );
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  issuerUrl = `https://127.0.0.1:${(issuer.address() as AddressInfo).port}/`;
  await world.secret('prod');
  const { code, json } = await world.dingdock('deploy --stage prod');
  expect([code, json.error]).toEqual([0, undefined]);
  before = await world.resources('prod');
});
afterAll(() => issuer?.close());

/** Deploys, and tells which resources came and went by it. */
async function deployed(choices: string, more: Record<string, string> = {}) {
  const { code, json } = await world.dingdock(`deploy --stage prod ${choices}`, more);
  expect([code, json.error]).toEqual([0, undefined]);
  const after = await world.resources('prod');
  const came = [...after.keys()].filter((id) => !before.has(id)).sort();
  const went = [...before.keys()].filter((id) => !after.has(id)).sort();
  before = after;
  return { came, went, changes: json.changes, outputs: json.outputs };
}

test('the same once more, whole and with its bundles, changes nothing', async () => {
  const whole = { TEMPLATE_ONLY: '' };
  await world.secret('test');
  const first = await world.dingdock('deploy --stage test disposable=true', whole);
  expect([first.code, first.json.error]).toEqual([0, undefined]);
  const events = await eventsOf('test');
  const second = await world.dingdock('deploy --stage test', whole);
  expect([second.code, second.json.changes]).toEqual([0, []]);
  expect(await eventsOf('test')).toBe(events);
});

async function eventsOf(stage: string): Promise<number> {
  const asked = new DescribeStackEventsCommand({ StackName: `dingdock-${stage}` });
  return (await world.cloudformation.send(asked)).StackEvents?.length ?? 0;
}

const NETWORK = [
  ...['Address', 'DynamodbEndpoint', 'EgressOnly', 'Gateway', 'GatewayAttachment', 'Nat', 'Network'],
  ...['PrivateRoute', 'PrivateRoutes', 'PrivateRoutesOfSubnet', 'PrivateSubnet', 'PublicRoute', 'PublicRoutes'],
  ...['PublicRoutesOfSubnet', 'PublicSubnet', 'S3Endpoint'],
];

// Each choice changes what it should, and takes nothing that was chosen before: one after the other, on the same stage.

test('figures change no resource', async () => {
  expect(await deployed('logDays=30 monthlyApiCalls=200000')).toMatchObject({ came: [], went: [] });
});

test('a mail address brings alarms and a topic', async () => {
  const { came, went } = await deployed('alarmEmail=ops@example.com');
  expect([came.filter((id) => !id.endsWith('Alarm')), went]).toEqual([['AlarmTopic', 'AlarmTopicPolicy'], []]);
  expect(came.length).toBeGreaterThan(30);
});

test('an alarm that rings when nothing is told may ring once it is deployed, and its first change is to "OK"', async () => {
  const cloudwatch = new CloudWatchClient(world.common);
  // as the template makes them: moto's CloudFormation makes no alarms
  const made = { Namespace: 'dingdock', MetricName: 'Runs', Period: 60, EvaluationPeriods: 15, Threshold: 1 };
  const put = (AlarmName: string, TreatMissingData: string) =>
    cloudwatch.send(
      new PutMetricAlarmCommand({
        ...{ ...made, AlarmName, TreatMissingData, ActionsEnabled: false, Statistic: 'Sum' },
        ComparisonOperator: 'LessThanThreshold',
      }),
    );
  await put('dingdock-prod-nothing-runs', 'breaching');
  await put('dingdock-prod-switched-off', 'notBreaching');
  await put('dingdock-test-nothing-runs', 'breaching');
  await deployed('logDays=60');
  const alarms = (await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? [];
  expect(Object.fromEntries(alarms.map((each) => [each.AlarmName, [each.ActionsEnabled, each.StateValue]]))).toEqual({
    'dingdock-prod-nothing-runs': [true, 'ALARM'],
    'dingdock-prod-switched-off': [false, 'OK'],
    'dingdock-test-nothing-runs': [false, 'OK'],
  });
  await deployed('logDays=30');
});

test('doctor tells of an address that has not agreed, and dlq of what the schedule left', async () => {
  const { code, json } = await world.dingdock('doctor --stage prod');
  expect(code).not.toBe(0);
  expect(json.findings).toContainEqual(expect.objectContaining({ check: 'alarms' }));
  const QueueName = 'dingdock-prod-schedule-dead-letters';
  const sqs = new SQSClient({ ...world.common, useQueueUrlAsEndpoint: false });
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const functionArn = 'arn:aws:lambda:eu-central-1:123456789012:function:dingdock-prod-reconcile:$LATEST';
  const MessageBody = JSON.stringify({
    requestContext: { functionArn, condition: 'RetriesExhausted' },
    responsePayload: { errorMessage: 'schedule: failed list' },
  });
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const listed = (await world.dingdock('dlq list --stage prod')).json.queues;
  expect(listed).toContainEqual(expect.objectContaining({ queue: 'schedule', dead: 1 }));
  const { letters } = (await world.dingdock('dlq show schedule --stage prod')).json;
  expect(letters).toEqual([
    expect.objectContaining({ about: 'a run of dingdock-prod-reconcile', why: 'schedule: failed list' }),
  ]);
  const back = await world.dingdock('dlq redrive schedule --stage prod');
  expect(back.json.error).toMatchObject({ code: 'no_queue', remedy: expect.stringContaining('dlq clear schedule') });
  expect((await world.dingdock('dlq clear schedule --stage prod')).json.error.code).toBe('not_agreed');
  expect((await world.dingdock('dlq clear schedule --stage prod --yes')).json.deleted).toBe(1);
});

test('the wrong region is told, and the region of the AWS profile is taken', async () => {
  const wrong = await world.run('dingdock dlq list --stage prod --region us-east-1');
  expect([wrong.code, wrong.json.error.code]).toEqual([1, 'not_deployed']);
  expect(wrong.json.error.message).toContain('"prod" in us-east-1');
  const folder = mkdtempSync(join(tmpdir(), 'dingdock-profile-'));
  const file = join(folder, 'config');
  const keys = 'aws_access_key_id = test\naws_secret_access_key = test';
  writeFileSync(file, `[profile ops]\nregion = eu-central-1\n${keys}\n`);
  const profile = { AWS_CONFIG_FILE: file, AWS_PROFILE: 'ops' };
  const found = await world.run('dingdock dlq list --stage prod', profile);
  expect([found.code, found.json.queues?.length]).toEqual([0, 8]);
  const none = await world.run('dingdock dlq list --stage prod', { AWS_CONFIG_FILE: join(folder, 'none') });
  expect([none.code, none.json.error.message]).toEqual([2, expect.stringContaining('which region')]);
  rmSync(folder, { recursive: true });
});

test('a dashboard comes where it is wanted', async () => {
  expect(await deployed('dashboard=true')).toMatchObject({ came: ['Dashboard'], went: [] });
});

test('a domain brings its name and no more', async () => {
  const { CertificateArn } = await new ACMClient(world.common).send(new ImportCertificateCommand(certificate));
  expect(await deployed(`domain=dock.example.com certificateArn=${CertificateArn}`)).toMatchObject({
    came: ['Domain', 'DomainMapping'],
    went: [],
    outputs: { Api: 'https://dock.example.com' },
  });
});

test('a network brings itself, and an address to enter', async () => {
  const nat = await deployed('network=nat');
  expect(nat).toMatchObject({ came: NETWORK, went: [] });
  expect(nat.outputs.EgressAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  // the proof of callers is asked about; with API keys there is no authoriser that could go
  const jwt = `authorizer=jwt jwtIssuer=${issuerUrl} jwtAudience=dock`;
  const refused = await world.dingdock(`deploy --stage prod ${jwt}`, trust);
  expect(refused.json.error).toMatchObject({
    code: 'not_agreed',
    message: expect.stringContaining('authorizer: apiKey → jwt'),
  });
  // API Gateway's own authoriser needs no permission to call a function
  expect(await deployed(`${jwt} --yes`, trust)).toMatchObject({
    came: ['HttpApiAuthorizerJwt'],
    went: [],
  });
});

const environmentOf = async (name: string) => {
  const asked = new GetFunctionConfigurationCommand({ FunctionName: `dingdock-prod-${name}` });
  return (await new LambdaClient(world.common).send(asked)).Environment?.Variables ?? {};
};

test('upgrade and restart, with nothing said again, lose nothing', async () => {
  const kept = await world.resources('prod');
  const upgraded = await world.dingdock('upgrade --stage prod', trust);
  expect([upgraded.code, upgraded.json.error, upgraded.json.changes]).toEqual([0, undefined, []]);
  const variables = await environmentOf('send-message');
  const restarted = await world.dingdock('restart --stage prod');
  expect([restarted.code, restarted.json.functions.length]).toEqual([0, readdirSync('functions').length]);
  const { RESTARTED_AT, ...others } = await environmentOf('send-message');
  expect(RESTARTED_AT).toBeDefined();
  expect(others).toEqual(variables);
  expect([...(await world.resources('prod'))]).toEqual([...kept]);
});

test.each([
  ['network=', 'network: nat → none'],
  ['domain= certificateArn=', 'domain: dock.example.com → none'],
  ['authorizer= jwtIssuer= jwtAudience=', 'authorizer: jwt → apiKey'],
  ['disposable=true', 'disposable: false → true'],
])('"%s" is asked about before it is dropped', async (choices, words) => {
  const kept = await world.resources('prod');
  const { code, json } = await world.dingdock(`deploy --stage prod ${choices}`, trust);
  expect([code, json.error?.code]).toEqual([6, 'not_agreed']);
  expect(json.error.message).toContain(words);
  expect([...(await world.resources('prod'))]).toEqual([...kept]);
});

test('what was deployed before comes back, with its settings, and forward again', async () => {
  const { known, running, to } = (await world.dingdock('rollback --stage prod --dry-run')).json;
  expect([running, to]).toEqual([known.at(-1), known.at(-2)]);
  // before the upgrade and the tokens there were keys
  const { code, json } = await world.dingdock(`rollback --stage prod --yes --to ${known.at(-3)}`);
  expect([code, json.error]).toEqual([0, undefined]);
  const back = await world.resources('prod');
  expect(back.has('HttpApiAuthorizerJwt')).toBe(false);
  expect(back.has('Nat')).toBe(true);
  const settings = (await world.dingdock('deploy --stage prod --check')).json.before;
  expect(settings).toMatchObject({ network: 'nat', domain: 'dock.example.com' });
  expect(settings.authorizer).toBeUndefined();
  const again = await world.dingdock(`rollback --stage prod --yes --to ${running}`);
  expect([again.code, again.json.error]).toEqual([0, undefined]);
  expect((await world.resources('prod')).has('HttpApiAuthorizerJwt')).toBe(true);
  const none = await world.dingdock('rollback --stage prod --yes --to 2020-01-01T00:00:00.000Z');
  expect(none.json.error.remedy).toContain(running);
});

async function outputsOf(stage: string): Promise<Record<string, string | undefined>> {
  const asked = new DescribeStacksCommand({ StackName: `dingdock-${stage}` });
  const { Stacks = [] } = await world.cloudformation.send(asked);
  return Object.fromEntries((Stacks[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
}

test('removed, it comes back by what remove printed: with its settings, its data and its address', async () => {
  const { EgressAddress: address } = await outputsOf('prod');
  const Item = { id: { S: 'kept' } };
  await world.dynamodb.send(new PutItemCommand({ TableName: 'dingdock-prod-keys', Item }));
  const removed = await world.dingdock('remove --stage prod --yes');
  expect([removed.code, removed.json.error]).toEqual([0, undefined]);
  expect(removed.json.back).toMatch(/addressAllocationId=eipalloc-\w+/);
  // without it, the address that DingTalk's list knows would be another one
  const forgetful = await world.dingdock('deploy --stage prod --yes network=nat');
  expect(forgetful.json.error.message).toContain('an earlier stage left its address');
  const back = await world.dingdock(removed.json.back.replace(/^dingdock /, '').replace(/ --region \S+/, ''), trust);
  expect([back.code, back.json.error]).toEqual([0, undefined]);
  expect(back.json.after).toMatchObject({
    network: 'nat',
    domain: 'dock.example.com',
    authorizer: 'jwt',
    alarmEmail: 'ops@example.com',
    logDays: '30',
  });
  expect(back.json.outputs.EgressAddress).toBe(address);
  expect((await world.resources('prod')).has('Address')).toBe(false);
});
