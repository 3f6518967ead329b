import {
  ACMClient,
  DescribeCertificateCommand,
  ImportCertificateCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import { DescribeTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionConcurrencyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, expect, test } from 'vitest';
import { packaged } from '../support/packaged.ts';
import { selfSigned } from './certificate.ts';
import { newAccount, refuse, worldOf } from './world.ts';

// Whatever stands in the way of a first deployment ends in words, and in a state from which what was printed succeeds.

beforeEach(() => newAccount());

test('a new account gets all of the template, protected, with runs reserved for callbacks', async () => {
  const world = worldOf();
  await world.secret('prod');
  const { code, json } = await world.dingdock('deploy --stage prod');
  expect([code, json.error]).toEqual([0, undefined]);
  const template = await packaged('prod', world.region);
  // no condition holds for a stage that chose nothing
  const wanted = Object.keys(template.Resources).filter((id) => template.Resources[id]?.Condition === undefined);
  expect([...(await world.resources('prod')).keys()].sort()).toEqual(wanted.sort());
  expect(json.outputs).toMatchObject({
    Settings: '{"callbackConcurrency":"20","mostWaiting":"50"}',
    Bucket: 'dingdock-prod-uploads-123456789012-eu-central-1',
    CallbackEvents: expect.stringMatching(/^https:.*\/dingdock\/prod|^https:.*\/dingtalk\/events$/),
  });
  const lambda = new LambdaClient(world.common);
  const reserved = await lambda.send(
    new GetFunctionConcurrencyCommand({ FunctionName: 'dingdock-prod-receive-callback' }),
  );
  expect(Number(reserved.ReservedConcurrentExecutions)).toBe(20);
  const { Table } = await world.dynamodb.send(new DescribeTableCommand({ TableName: 'dingdock-prod-messages' }));
  expect(Table?.DeletionProtectionEnabled).toBe(true);
});

test('an account that may run ten functions at a time is told, and gets no reserve', async () => {
  await newAccount({ limit: 10 });
  const world = worldOf();
  await world.secret('prod');
  const refused = await world.dingdock('deploy --stage prod callbackConcurrency=20');
  expect(refused.code).toBe(6);
  expect(refused.json.error).toMatchObject({
    code: 'concurrency',
    message: expect.stringContaining('may run 10 functions at a time in eu-central-1, and can reserve 0'),
  });
  expect(await world.status('prod').catch(() => 'none')).toBe('none');
  const [said] = /callbackConcurrency=0/.exec(refused.json.error.message) ?? [];
  const done = await world.dingdock(`deploy --stage prod ${said}`);
  expect([done.code, done.json.error]).toEqual([0, undefined]);
  expect(done.json.findings).toEqual([
    expect.objectContaining({ code: 'small_account', weight: 'note' }),
    expect.objectContaining({ code: 'no_alarms', weight: 'note' }),
  ]);
  // whoever chose nothing gets no reserve, and no refusal
  await newAccount({ limit: 10 });
  await world.secret('prod');
  const usual = await world.dingdock('deploy --stage prod');
  expect([usual.code, usual.json.error]).toEqual([0, undefined]);
  const of = { FunctionName: 'dingdock-prod-receive-callback' };
  const reserved = await new LambdaClient(world.common).send(new GetFunctionConcurrencyCommand(of));
  expect(reserved.ReservedConcurrentExecutions).toBeUndefined();
});

test('a certificate that is not issued is told with its record; issued, the same command succeeds', async () => {
  const world = worldOf();
  await world.secret('prod');
  const acm = new ACMClient(world.common);
  const asked = await acm.send(
    new RequestCertificateCommand({ DomainName: 'dock.example.com', ValidationMethod: 'DNS' }),
  );
  const line = `deploy --stage prod domain=dock.example.com certificateArn=${asked.CertificateArn}`;
  const pending = await world.dingdock(line);
  expect(pending.json.error).toMatchObject({
    code: 'certificate',
    message: expect.stringMatching(/is PENDING_VALIDATION, and has to be ISSUED\n {2}Put into the DNS: _\S+ CNAME \S+/),
  });
  const elsewhere = await acm.send(new ImportCertificateCommand(selfSigned('other.example.com')));
  const other = await world.dingdock(
    `deploy --stage prod domain=dock.example.com certificateArn=${elsewhere.CertificateArn}`,
  );
  expect(other.json.error.message).toContain('the certificate is for other.example.com, not for dock.example.com');
  const { CertificateArn } = asked;
  const status = async () => (await acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate?.Status;
  await expect.poll(status).toBe('ISSUED');
  const done = await world.dingdock(line);
  expect([done.code, done.json.error]).toEqual([0, undefined]);
  expect(done.json.outputs.Api).toBe('https://dock.example.com');
});

test('whatever fails in the middle leaves nothing that refuses the next try', async () => {
  const world = worldOf();
  await world.secret('prod');
  await refuse({ ReceiveDashcallbackLambdaFunction: 'the zone has no room' });
  const failed = await world.dingdock('deploy --stage prod');
  expect(failed.code).toBe(1);
  expect(failed.json.error.message.split('\n')).toEqual([
    'the deployment failed; the stack dingdock-prod is UPDATE_ROLLBACK_COMPLETE',
    '  ReceiveDashcallbackLambdaFunction: the zone has no room',
    '  nothing was left outside the stack',
  ]);
  expect([...(await world.resources('prod')).keys()].filter((id) => !id.startsWith('ServerlessDeployment'))).toEqual(
    [],
  );
  await refuse({ ReceiveDashcallbackLambdaFunction: '' });
  const command = failed.json.error.remedy.split('; ').at(-1);
  expect(command).toBe('dingdock deploy --stage prod --region eu-central-1');
  const done = await world.run(command);
  expect([done.code, done.json.error]).toEqual([0, undefined]);
});

test('a table that an earlier stage left is told, and taken over with what is in it once somebody agrees', async () => {
  const world = worldOf();
  await world.secret('prod');
  await world.dingdock('deploy --stage prod');
  const item = { id: { S: 'kept' } };
  await world.dynamodb.send(new PutItemCommand({ TableName: 'dingdock-prod-keys', Item: item }));
  const removed = await world.dingdock('remove --stage prod --yes');
  expect([removed.code, removed.json.kept.length]).toEqual([0, 11]);
  const refused = await world.dingdock('deploy --stage prod');
  expect(refused.code).toBe(6);
  expect(refused.json.error.message).toContain('dingdock-prod-keys');
  expect(refused.json.error.remedy).toContain('the same command with --yes');
  const back = await world.dingdock('deploy --stage prod --yes');
  expect([back.code, back.json.error]).toEqual([0, undefined]);
  const { Item } = await world.dynamodb.send(new GetItemCommand({ TableName: 'dingdock-prod-keys', Key: item }));
  expect(Item).toEqual(item);
  expect((await world.resources('prod')).get('KeysTable')).toBe('dingdock-prod-keys');
});

test('a second region and a second stage stand beside the first', async () => {
  const first = worldOf();
  await first.secret('prod');
  expect((await first.dingdock('deploy --stage prod')).code).toBe(0);
  const second = worldOf('us-east-1');
  const missing = await second.dingdock('deploy --stage prod');
  expect(missing.json.error).toMatchObject({
    code: 'no_secret',
    message: expect.stringContaining('dingdock init --stage prod --region us-east-1'),
  });
  await second.secret('prod');
  const done = await second.dingdock('deploy --stage prod');
  expect([done.code, done.json.outputs?.Bucket]).toEqual([0, 'dingdock-prod-uploads-123456789012-us-east-1']);
  await first.secret('test');
  const beside = await first.dingdock('deploy --stage test disposable=true');
  expect([beside.code, beside.json.error]).toEqual([0, undefined]);
  const { Table } = await first.dynamodb.send(new DescribeTableCommand({ TableName: 'dingdock-test-messages' }));
  expect(Table?.DeletionProtectionEnabled).toBe(false);
  expect((await first.dingdock('remove --stage test --yes')).json.kept).toEqual([]);
  const gone = first.dynamodb.send(new DescribeTableCommand({ TableName: 'dingdock-test-messages' }));
  await expect(gone).rejects.toThrow('not found');
});

test.each([
  ['deploy --stage prod netwrok=nat', 'eu-central-1', 'Did you mean network=nat?'],
  ['deploy --stage Prod', 'eu-central-1', 'Did you mean prod?'],
  ['deploy --stage prod', 'cn-north-1', 'icp=true'],
  ['deploy --stage prod network=own', 'eu-central-1', 'subnetIds=… securityGroupIds=…'],
])('"%s" in %s is refused before anything is asked of AWS that costs: %s', async (line, region, words) => {
  const world = worldOf(region);
  const { code, json } = await world.dingdock(line);
  expect(code).toBe(6);
  expect(json.error.message).toContain('nothing was changed');
  expect(json.error.message).toContain(words);
});

test.each([
  ['deploy --stage prod netwrok=nat', 'netwrok=nat'],
  ['deploy --stage Prod', 'Prod'],
])('"%s" with the word that was meant deploys', async (line, wrong) => {
  const world = worldOf();
  await world.secret('prod');
  const { json } = await world.dingdock(line);
  const [, meant = ''] = /Did you mean (\S+)\?/.exec(json.error.message) ?? [];
  const done = await world.dingdock(line.replace(wrong, meant));
  expect([done.code, done.json.error]).toEqual([0, undefined]);
  expect(await world.status('prod')).toMatch(/_COMPLETE$/);
});

test('in China it is deployed once the account says that it has a licence', async () => {
  const world = worldOf('cn-north-1');
  await world.secret('prod');
  const done = await world.dingdock('deploy --stage prod icp=true');
  expect([done.code, done.json.error]).toEqual([0, undefined]);
});

test('a secret that is scheduled for deletion is offered back', async () => {
  const world = worldOf();
  await world.secret('prod');
  await new SecretsManagerClient(world.common).send(new DeleteSecretCommand({ SecretId: 'dingdock/prod' }));
  const refused = await world.dingdock('deploy --stage prod');
  expect(refused.json.error.message).toContain('scheduled for deletion');
  const done = await world.dingdock('deploy --stage prod --yes');
  expect([done.code, done.json.error]).toEqual([0, undefined]);
});

test('rights that the deployer lacks are named beforehand, and somebody who knows better goes on', async () => {
  await newAccount({ denied: ['iam:CreateRole', 'apigateway:POST'] });
  const world = worldOf();
  await world.secret('prod');
  const refused = await world.dingdock('deploy --stage prod');
  expect(refused.json.error.message).toContain('may not: iam:CreateRole, apigateway:POST');
  expect((await world.dingdock('deploy --stage prod --yes')).code).toBe(0);
});
