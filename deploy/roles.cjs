// One IAM role for each entry of grants.yml, named for its function: send-message has SendMessageRole.
// CommonJS, since the Serverless Framework loads its variable files so.

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');
const { functions } = require('./template.cjs');

const grants = parse(readFileSync(join(__dirname, 'grants.yml'), 'utf8'));

/** What Lambda needs of a queue that calls a function. */
const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

const SECRETS = 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:dingdock/${sls:stage}';
const ARNS = { AppsSecret: `${SECRETS}-??????`, OwnKeysSecret: `${SECRETS}/keys-??????` };

/** `AppsSecret`, `TokensTable`, or a part of one: `MessagesTable/index/by-due`, `UploadsBucket/inbox/*`; or what the stage has chosen. */
const arnsWith = (chosen) => (name) => {
  if (chosen[name] !== undefined) return chosen[name];
  if (name === '*') return name;
  if (ARNS[name] !== undefined) return { 'Fn::Sub': ARNS[name] };
  const [id, ...part] = name.split('/');
  return part.length === 0 ? { 'Fn::GetAtt': [id, 'Arn'] } : { 'Fn::Sub': `\${${id}.Arn}/${part.join('/')}` };
};

/** Before an action that is refused, whatever the others allow. */
const DENY = /^deny /;

const pascal = (name) => name.replace(/(?:^|-)(\w)/g, (_, first) => first.toUpperCase());

function roleOf(name, { consumes = [], ...actions }, arnOf) {
  const allow = (Action, Resource) => ({ Effect: 'Allow', Action, Resource });
  // As the framework names the log group that it makes for the function.
  const logGroup = `${pascal(name.replaceAll('-', 'Dash'))}LogGroup`;
  const Statement = [
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [{ 'Fn::GetAtt': [logGroup, 'Arn'] }]),
    ...(consumes.length === 0 ? [] : [allow(CONSUME, consumes.map(arnOf))]),
    ...Object.entries(actions).flatMap(([key, names]) => {
      const action = key.replace(DENY, '');
      const resources = names.map(arnOf).filter((arn) => arn !== '');
      return resources.length === 0
        ? []
        : { Effect: action === key ? 'Allow' : 'Deny', Action: [action], Resource: resources };
    }),
  ];
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      Description: `What ${name} of dingdock \${sls:stage} may do`,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: name, PolicyDocument: { Version: '2012-10-17', Statement } }],
    },
  };
}

/** What Lambda needs to put a function into a network, as in AWSLambdaVPCAccessExecutionRole; EC2 knows no narrower grant. */
const NETWORK = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

module.exports = async ({ resolveVariable }) => {
  const inNetwork = (await resolveVariable('param:network')) !== 'none';
  const arnOf = arnsWith({ FallbackTopic: await resolveVariable('param:fallbackTopicArn') });
  const roles = Object.entries(grants).map(([name, entry]) => {
    const { vpc } = functions[name] ?? {};
    const role = roleOf(name, entry, arnOf);
    if (inNetwork && vpc !== undefined) {
      role.Properties.Policies.push({
        PolicyName: 'network',
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: NETWORK, Resource: '*' }] },
      });
    }
    return [`${pascal(name)}Role`, role];
  });
  return { Resources: Object.fromEntries(roles) };
};
