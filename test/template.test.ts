import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { beforeAll, expect, test } from 'vitest';
import { faultsOf, loadSchemas } from './support/cloudformation.ts';
import { covers, grantsOf } from './support/grants.ts';
import { type PackagedTemplate, packaged } from './support/packaged.ts';
import { textsIn } from './support/syntax.ts';

// What a reviewer would look for in the template that `npm run package -- --stage prod` makes.

let prod: PackagedTemplate;
/** Every option that adds something: a network, a name, an address for alarms; tokens instead of keys. */
let full: PackagedTemplate;
let iam: PackagedTemplate;

beforeAll(async () => {
  const options = [
    'network=nat',
    'domain=dock.example.com',
    'certificateArn=arn:aws:acm:x',
    'alarmEmail=a@example.com',
    'uploadOrigins=https://app.example.com,https://b.example',
  ];
  const tokens = ['authorizer=jwt', 'jwtIssuer=https://id.example.com/', 'jwtAudience=dock'];
  [prod, full, iam] = await Promise.all([
    packaged('prod', 'us-east-1'),
    packaged('prod', 'cn-north-1', [...options, ...tokens]),
    packaged('dev', 'eu-central-1', ['authorizer=iam']),
  ]);
});

const ofType = (type: string, template = prod) =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
const text = (value: unknown) => JSON.stringify(value);

test('CloudFormation would take the template, with and without its options', async () => {
  const schemas = await loadSchemas();
  expect(faultsOf(prod, schemas)).toEqual([]);
  expect(faultsOf(full, schemas)).toEqual([]);
  expect(faultsOf(iam, schemas)).toEqual([]);
  const broken = structuredClone(prod);
  Object.assign(broken.Resources.UploadsQueue!.Properties, {
    VisibilityTimeout: 'long',
    Colour: 'red',
    KmsMasterKeyId: { Ref: 'Gone' },
  });
  Object.assign(broken.Resources, { Lost: { Type: 'AWS::SQS::QueuePolicy', DependsOn: ['Lost'], Properties: {} } });
  expect(faultsOf(broken, schemas)).toEqual([
    'UploadsQueue.VisibilityTimeout: "long" is no integer',
    'UploadsQueue: no property Colour',
    'Lost: PolicyDocument is missing',
    'Lost: Queues is missing',
    'Resources.UploadsQueue.Properties.KmsMasterKeyId: refers to Gone, which is not there',
    'depends on itself: Lost -> Lost',
  ]);
});

test('the same template serves every region, those of China too: nothing in it names one, or a partition', () => {
  const packagedIn: [PackagedTemplate, string][] = [
    [prod, 'us-east-1'],
    [full, 'cn-north-1'],
    [iam, 'eu-central-1'],
  ];
  for (const [template, region] of packagedIn) {
    expect(text(template)).not.toContain(region);
    expect(text(template)).not.toMatch(/arn:aws(-cn)?:(?!acm:x)/);
    expect(text(template)).not.toMatch(/amazonaws\.com(?!")/); // principals of services are the same everywhere
  }
});

test('all that is kept is encrypted, and reached by TLS only', () => {
  // DynamoDB encrypts every table; with `SSESpecification` only by another key, which is paid for by the request
  for (const [id, { Properties }] of ofType('AWS::DynamoDB::Table'))
    expect([id, Properties.SSESpecification]).toEqual([id, undefined]);
  const policies = text([...ofType('AWS::SQS::QueuePolicy'), ...ofType('AWS::S3::BucketPolicy')].map(([, one]) => one));
  for (const [id, { Properties }] of ofType('AWS::SQS::Queue')) {
    expect([id, Properties.SqsManagedSseEnabled]).toEqual([id, true]);
    const policy = ofType('AWS::SQS::QueuePolicy').filter(([, one]) => text(one.Properties.Queues).includes(`"${id}"`));
    // a second policy would take the place of the first
    expect([id, policy.length]).toEqual([id, 1]);
    expect(text(policy)).toContain('"aws:SecureTransport":"false"');
  }
  for (const [id, { Properties }] of ofType('AWS::S3::Bucket')) {
    expect([id, text(Properties.PublicAccessBlockConfiguration)]).toEqual([id, expect.not.stringContaining('false')]);
    expect([id, text(Properties.BucketEncryption)]).toEqual([id, expect.stringContaining('SSEAlgorithm')]);
    expect(policies).toContain(`"Bucket":{"Ref":"${id}"}`);
  }
});

test('what people sent to the robot is read by the function that fetched it alone', () => {
  const denied = grantsOf(prod, 'us-east-1', 'Deny');
  const readers = grantsOf(prod, 'us-east-1').filter(({ action }) => /^s3:GetObject/.test(action));
  expect(readers.length).toBeGreaterThan(5);
  const inInbox = readers.flatMap((grant) => {
    const call = { ...grant, resource: grant.resource.replace(/^([^/]+).*/, '$1/inbox/cidOps=/a.pdf') };
    return covers(grant, call) && !denied.some((each) => covers(each, call)) ? [grant.function] : [];
  });
  expect(inInbox).toEqual(['fetch-file']);
});

test('each function reads the secrets that it needs, and who answers the anonymous reads none of DingTalk', () => {
  const secrets = Map.groupBy(
    grantsOf(prod, 'us-east-1').filter(({ action }) => action === 'secretsmanager:GetSecretValue'),
    ({ resource }) => resource.split(':secret:').at(-1),
  );
  const readers = (name: string) => secrets.get(name)?.map((grant) => grant.function) ?? [];
  expect([...secrets.keys()].sort()).toEqual(['dingdock/prod-??????', 'dingdock/prod/keys-??????']);
  expect(readers('dingdock/prod-??????')).not.toContain('open-link');
  expect(readers('dingdock/prod/keys-??????')).toContain('open-link');
  // the doors prove DingTalk, and need no key of ours
  expect(readers('dingdock/prod/keys-??????')).not.toContain('receive-callback');
});

test('only the bucket of the stage, and no other of the account, tells of uploads', () => {
  const { UploadsQueuePolicy: policy } = prod.Resources;
  expect(text(policy)).toContain('"aws:SourceArn":{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":s3:::"');
  expect(text(policy)).toContain('dingdock-prod-uploads-');
});

test('topics of the account in the region, and no others, may call the function that takes what they tell', () => {
  const SourceArn = {
    'Fn::Sub': expect.stringMatching(/^arn:\$\{AWS::Partition\}:sns:\$\{AWS::Region\}:\$\{AWS::AccountId\}:\*$/),
  };
  const bySns = ofType('AWS::Lambda::Permission').filter(([, one]) => one.Properties.Principal === 'sns.amazonaws.com');
  const FunctionName = { 'Fn::GetAtt': ['ReceiveDashsourceLambdaFunction', 'Arn'] };
  expect(bySns.map(([, { Properties }]) => Properties)).toEqual([
    { Action: 'lambda:InvokeFunction', FunctionName, Principal: 'sns.amazonaws.com', SourceArn },
  ]);
});

test('beside a name of its own the API can be closed by its first address', () => {
  const closed = { 'Fn::If': ['FirstAddressClosed', true, false] };
  expect(full.Resources.HttpApi?.Properties.DisableExecuteApiEndpoint).toEqual(closed);
  expect(prod.Conditions.FirstAddressClosed).toEqual({ 'Fn::Equals': ['open', 'closed'] });
});

test('nobody from outside comes to a bucket', () => {
  const all = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };
  expect(prod.Resources.UploadsBucket?.Properties.PublicAccessBlockConfiguration).toEqual(all);
  // a page puts files where it was given an address, if the stage says so, and reads nothing
  const withOrigins = text(full.Resources.UploadsBucket?.Properties.CorsConfiguration);
  expect(withOrigins).toContain('"AllowedOrigins":{"Fn::Split":[",","https://app.example.com,https://b.example"]}');
  expect(withOrigins).toContain('"AllowedMethods":["PUT"]');
  expect(text(prod.Conditions.WithUploadOrigins)).toBe('{"Fn::Not":[{"Fn::Equals":["",""]}]}');
  expect(text(prod.Resources.HttpApi)).not.toContain('Cors');
});

/** A new name makes a new, empty resource beside the full one: whoever changes one of these has to move the data. */
const STATEFUL = [
  'ConversationsTable',
  'DestinationsTable',
  'EventsTable',
  'KeysTable',
  'LimitsTable',
  'MessagesTable',
  'RecordsTable',
  'SharesTable',
  'TasksTable',
  'TokensTable',
  'UploadsBucket',
];

test('an upgrade finds its tables and its bucket under the names they have, and none goes with the stack', () => {
  const stateful = [...ofType('AWS::DynamoDB::Table'), ...ofType('AWS::S3::Bucket')]
    .filter(([id]) => id !== 'ServerlessDeploymentBucket')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  expect(stateful.map(([id]) => id)).toEqual(STATEFUL);
  for (const [id, { DeletionPolicy, UpdateReplacePolicy, Type, Properties }] of stateful) {
    // what a failed deployment made goes with its rollback: kept, it would refuse every later one
    expect([id, DeletionPolicy, UpdateReplacePolicy]).toEqual([id, 'RetainExceptOnCreate', 'Retain']);
    if (Type !== 'AWS::DynamoDB::Table') continue;
    // a protected table does not go with a rollback: `dingdock deploy` protects it after success
    expect([id, Properties.DeletionProtectionEnabled]).toEqual([id, undefined]);
    expect([id, Properties.PointInTimeRecoverySpecification]).toEqual([id, { PointInTimeRecoveryEnabled: true }]);
  }
});

/**
 * What a first deployment leaves behind when a resource cannot be made, whichever was made before: CloudFormation
 * deletes what the deployment made, but what is retained without exception, or refuses to be deleted.
 */
function leftAfterRollback({ Resources }: PackagedTemplate, failing: string): string[] {
  return Object.entries(Resources)
    .filter(([id]) => id !== failing)
    .filter(([, { DeletionPolicy, Properties }]) => DeletionPolicy === 'Retain' || Properties.DeletionProtectionEnabled)
    .map(([id]) => id);
}

test('whatever cannot be made, its rollback leaves nothing that refuses the next deployment', () => {
  for (const template of [prod, full, iam])
    for (const id of Object.keys(template.Resources)) expect([id, leftAfterRollback(template, id)]).toEqual([id, []]);
  const retained = structuredClone(prod);
  Object.assign(retained.Resources.KeysTable!, { DeletionPolicy: 'Retain' });
  expect(leftAfterRollback(retained, 'ReceiveDashcallbackLambdaFunction')).toEqual(['KeysTable']);
});

test('names of tables and keys stay: CloudFormation would replace a table for either', () => {
  const keys = Object.fromEntries(
    ofType('AWS::DynamoDB::Table').map(([id, { Properties }]) => [id, [Properties.TableName, Properties.KeySchema]]),
  );
  for (const [id, [name, schema]] of Object.entries(keys)) {
    expect(name).toBe(`dingdock-prod-${id.replace('Table', '').toLowerCase()}`);
    const key = ['MessagesTable', 'RecordsTable'].includes(id) ? ['part', 'id'] : ['id'];
    expect(schema).toEqual(
      key.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    );
  }
});

test('what fails for good is kept: each queue has dead letters, and so have the schedule and topics', () => {
  for (const [id, { Properties }] of ofType('AWS::SQS::Queue')) {
    if (id.endsWith('DeadLetters')) expect([id, Properties.MessageRetentionPeriod]).toEqual([id, 1_209_600]);
    else expect([id, text(Properties.RedrivePolicy)]).toEqual([id, expect.stringContaining('DeadLetters')]);
  }
  for (const id of ['Reconcile', 'ReceiveDashsource'])
    expect([id, text(prod.Resources[`${id}LambdaEvConf`])]).toEqual([
      id,
      expect.stringContaining('ScheduleDeadLetters'),
    ]);
});

test('callbacks have room of their own, and no queue takes all the room there is', () => {
  expect(text(prod.Resources.ReceiveDashcallbackLambdaFunction)).toContain('"ReservedConcurrentExecutions"');
  for (const [id, { Properties }] of ofType('AWS::Lambda::EventSourceMapping')) {
    expect([id, text(Properties.ScalingConfig)]).toEqual([id, expect.stringMatching(/"MaximumConcurrency":\d+/)]);
  }
});

test('logs end, routes are throttled, and every resource says whose it is', () => {
  for (const [id, { Properties }] of ofType('AWS::Logs::LogGroup')) {
    expect([id, Properties.RetentionInDays]).toEqual([id, 90]);
  }
  const stage = text(prod.Resources.HttpApiStage);
  expect(stage).toMatch(/"ThrottlingRateLimit":100/);
  // neither the path nor the query: a link's address is its key
  expect(stage).not.toMatch(/context\.path|rawQuery|querystring/);
  for (const [, { Properties }] of ofType('AWS::Lambda::Function')) expect(text(Properties.Tags)).toContain('dingdock');
});

test('nothing secret is in the template', () => {
  for (const [, { Properties }] of ofType('AWS::Lambda::Function')) {
    const names = Object.keys(Object(Object(Properties.Environment).Variables));
    expect(names.filter((name) => /SECRET|PASSWORD|TOKEN|KEY/.test(name)).sort()).toEqual([
      'DINGTALK_SECRET_ID',
      'KEYS_TABLE',
      'OWN_KEYS_SECRET_ID',
      'TOKENS_TABLE',
    ]);
  }
});

test('it says where it is: the API, the callback addresses to paste, the bucket', () => {
  const address = { 'Fn::If': ['WithDomain', 'https://', { 'Fn::Sub': expect.stringContaining('execute-api') }] };
  expect(prod.Outputs).toMatchObject({
    Api: { Value: address },
    CallbackEvents: { Value: { 'Fn::Join': ['', [address, '/dingtalk/events']] } },
    CallbackRobot: { Value: { 'Fn::Join': ['', [address, '/dingtalk/robot']] } },
    CallbackCards: { Value: { 'Fn::Join': ['', [address, '/dingtalk/cards']] } },
    Bucket: { Value: { Ref: 'UploadsBucket' } },
  });
});

test('tokens or IAM take the place of API keys on the same routes', () => {
  const guarded = (template: PackagedTemplate, kind: string) =>
    ofType('AWS::ApiGatewayV2::Route', template)
      .filter(([, { Properties }]) => Properties.AuthorizationType === kind)
      .map(([id]) => id)
      .sort();
  // with API keys the functions prove who calls, and API Gateway nothing
  expect(ofType('AWS::ApiGatewayV2::Authorizer')).toEqual([]);
  expect([...guarded(prod, 'JWT'), ...guarded(prod, 'AWS_IAM'), ...guarded(prod, 'CUSTOM')]).toEqual([]);
  expect(guarded(full, 'JWT').length).toBeGreaterThan(10);
  expect(guarded(iam, 'AWS_IAM')).toEqual(guarded(full, 'JWT'));
  const [[, authorizer] = []] = ofType('AWS::ApiGatewayV2::Authorizer', full);
  expect(text(authorizer?.Properties)).toContain('"Issuer":"https://id.example.com/"');
});

test('with a network, the functions that call DingTalk leave by one address, and the others are not in it', () => {
  const inNetwork = (template: PackagedTemplate) =>
    ofType('AWS::Lambda::Function', template)
      .filter(([, { Properties }]) => 'VpcConfig' in Properties)
      .map(([, { Properties }]) => String(Properties.Handler).split('/')[1])
      .sort();
  // who may read the token calls DingTalk
  const callers = grantsOf(full, 'cn-north-1').filter(({ resource }) => resource.endsWith('-tokens'));
  expect(inNetwork(prod)).toEqual([]);
  expect(inNetwork(full)).toEqual([...new Set(callers.map(({ function: name }) => name))].sort());
  // a running function that moved in before there is a way out would reach nothing
  for (const [id, { Properties, DependsOn }] of ofType('AWS::Lambda::Function', full)) {
    const way = ['PrivateRoute', 'PrivateRoutesOfSubnet', 'S3Endpoint', 'DynamodbEndpoint'];
    const waits = [DependsOn].flat().filter((each) => way.includes(String(each)));
    expect([id, waits]).toEqual([id, 'VpcConfig' in Properties ? way : []]);
  }
  expect(full.Outputs.EgressAddress?.Value).toEqual({ 'Fn::If': ['MakeAddress', { Ref: 'Address' }, ''] });
});

const Metric = v.object({
  Namespace: v.string(),
  MetricName: v.string(),
  Dimensions: v.array(v.object({ Name: v.string(), Value: v.unknown() })),
});
const Alarm = v.object({
  AlarmName: v.string(),
  TreatMissingData: v.string(),
  ActionsEnabled: v.optional(v.boolean(), true),
  OKActions: v.optional(v.unknown()),
  AlarmDescription: v.string(),
  Namespace: v.optional(v.string()),
  MetricName: v.optional(v.string()),
  Dimensions: v.optional(v.array(v.object({ Name: v.string(), Value: v.unknown() })), []),
  Metrics: v.optional(
    v.array(v.object({ Expression: v.optional(v.string()), MetricStat: v.optional(v.object({ Metric })) })),
    [],
  ),
});
const alarms = () => ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => v.parse(Alarm, Properties));

/** Every [namespace, metric] that an alarm or the dashboard looks at. */
function watched(): [string, string][] {
  const byAlarms = alarms().flatMap(({ Namespace, MetricName, Metrics }) => [
    ...(Namespace && MetricName ? [{ Namespace, MetricName }] : []),
    ...Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : [])),
  ]);
  const Body = v.object({ DashboardBody: v.object({ 'Fn::Sub': v.pipe(v.string(), v.parseJson()) }) });
  const [[, dashboard] = []] = ofType('AWS::CloudWatch::Dashboard');
  const body = text(v.parse(Body, dashboard?.Properties).DashboardBody['Fn::Sub']);
  const shown = [...body.matchAll(/\["(dingdock|AWS\/\w+)","(\w+)"/g)];
  return [
    ...byAlarms.map(({ Namespace, MetricName }): [string, string] => [Namespace, MetricName]),
    ...shown.map(([, namespace = '', name = '']): [string, string] => [namespace, name]),
  ];
}

test('each alarm has its line in the runbook, with cause, look and remedy, and no line is without an alarm', () => {
  const runbook = readFileSync('docs/operations.md', 'utf8');
  const [, body = ''] = /## Alarms\n([\s\S]*?)\n## /.exec(runbook) ?? [];
  const lines = new Map([...body.matchAll(/^### (\S+)\n(.*)$/gm)].map(([, name = '', line = '']) => [name, line]));
  const anchors = alarms().map(
    ({ AlarmDescription }) => /\(docs\/operations\.md#(\S+)\)$/.exec(AlarmDescription)?.[1] ?? '',
  );
  expect(anchors.length).toBeGreaterThan(20);
  expect([...lines.keys()].sort()).toEqual([...new Set(anchors)].sort());
  for (const [name, line] of lines) {
    expect([name, line]).toEqual([name, expect.stringMatching(/\*\*Cause:\*\* .+\*\*Look:\*\* .+\*\*Remedy:\*\* ./)]);
  }
});

test('a mail of an alarm holds the runbook for this stage, and needs no link', () => {
  for (const { AlarmDescription, AlarmName } of alarms()) {
    expect([AlarmName, AlarmDescription]).toEqual([AlarmName, expect.stringMatching(/Cause: .+ Look: .+ Remedy: ./)]);
    expect([AlarmName, AlarmDescription]).toEqual([AlarmName, expect.not.stringMatching(/\]\(|\*\*/)]);
    // CloudWatch takes no more
    expect([AlarmName, AlarmDescription.length <= 1024]).toEqual([AlarmName, true]);
  }
});

test("alarms look at the API's 5xx, at errors of each function, and at throttles that it does not tell, with ten metrics at most", () => {
  const metrics = alarms().flatMap(({ Metrics, Namespace, MetricName, Dimensions }) => [
    ...(Namespace && MetricName ? [{ Namespace, MetricName, Dimensions }] : []),
    ...Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : [])),
  ]);
  const of = (name: string) =>
    metrics
      .filter(({ Namespace, MetricName }) => Namespace === 'AWS/Lambda' && MetricName === name)
      .map(({ Dimensions }) => Dimensions[0]?.Value)
      .sort();
  const functions = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties.FunctionName);
  expect(of('Errors')).toEqual([...functions].sort());
  // a run that finds no room behind the API is a 5xx of the API
  const behindApi = text(ofType('AWS::ApiGatewayV2::Integration'));
  const idOf = (name: unknown) =>
    ofType('AWS::Lambda::Function').find(([, { Properties }]) => Properties.FunctionName === name)?.[0];
  const others = functions.filter((name) => !behindApi.includes(`"${idOf(name)}"`));
  expect(others.length).toBeGreaterThan(5);
  expect(of('Throttles')).toEqual([...others, 'dingdock-prod-receive-callback'].sort());
  expect(metrics.filter(({ Namespace }) => Namespace === 'AWS/ApiGateway')).toEqual([
    { Namespace: 'AWS/ApiGateway', MetricName: '5xx', Dimensions: [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }] },
  ]);
  for (const { AlarmName, Metrics } of alarms()) expect([AlarmName, Metrics.length <= 11]).toEqual([AlarmName, true]);
});

test('nobody is told that all is well, nor that what is new has not run yet', () => {
  for (const { AlarmName, OKActions, TreatMissingData, ActionsEnabled } of alarms()) {
    expect([AlarmName, OKActions]).toEqual([AlarmName, undefined]);
    // `dingdock deploy` lets these ring once they have seen that nothing ran yet
    expect([AlarmName, ActionsEnabled]).toEqual([AlarmName, TreatMissingData !== 'breaching']);
  }
});

test('what is paid for by the month and tells nothing is not there', () => {
  expect(text(prod.Resources.HttpApiStage)).not.toContain('DetailedMetricsEnabled":true');
  for (const [id, { Properties }] of ofType('AWS::Lambda::Function'))
    expect([id, Properties.LoggingConfig]).toEqual([id, expect.objectContaining({ SystemLogLevel: 'WARN' })]);
  // without anybody to tell, and unasked
  const { WithAlarms, WithDashboard } = prod.Conditions;
  expect(WithAlarms).toEqual({ 'Fn::Not': [{ 'Fn::Equals': ['', ''] }] });
  expect(WithDashboard).toEqual({ 'Fn::Equals': ['false', 'true'] });
  for (const [id, { Condition }] of ofType('AWS::CloudWatch::Alarm'))
    expect([id, Condition]).toEqual([id, 'WithAlarms']);
});

test('whatever an alarm or the dashboard looks at is told by the code, or by AWS', async () => {
  const files = ['lib', 'functions'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  );
  const told = new Set(files.filter((file) => file.endsWith('.ts')).flatMap(textsIn));
  const schemas = await loadSchemas();
  const aws = (namespace: string) => schemas.lookup('metric', 'namespace', 'equals', namespace).map(({ name }) => name);
  const unknown = watched().filter(([namespace, name]) =>
    namespace === 'dingdock' ? !told.has(name) : !aws(namespace).includes(name),
  );
  expect(watched().length).toBeGreaterThan(50);
  expect(unknown).toEqual([]);
});

test('an alarm reaches somebody where an address or a topic is given', () => {
  const actions = text(ofType('AWS::CloudWatch::Alarm', full)[0]?.[1].Properties.AlarmActions);
  expect(actions).toContain('{"Ref":"AlarmTopic"}');
  expect(text(full.Resources.AlarmTopic)).toContain('"Endpoint":"a@example.com"');
});
