import type { Chosen } from '../../deploy/settings.ts';
import { settingOf } from '../../deploy/settings.ts';

/** An action that a deployment takes, and a resource that it takes it on; none: AWS knows no narrower one. */
export type Right = [action: string, resource?: string];

/**
 * The rights that a deployment would miss first, by service: with one of a kind usually go the others. All of them are
 * in deploy/deployer-policy.json.
 */
export function rightsFor(
  stage: string,
  chosen: Chosen,
  { partition, region, account }: Record<'partition' | 'region' | 'account', string>,
): Right[] {
  const arn = (service: string, name: string) => `arn:${partition}:${service}:${region}:${account}:${name}`;
  const name = `dingdock-${stage}-x`;
  const role = `arn:${partition}:iam::${account}:role/${name}`;
  const bucket = `arn:${partition}:s3:::${name}`;
  const always: Right[] = [
    ['cloudformation:CreateStack', arn('cloudformation', `stack/dingdock-${stage}/x`)],
    ['cloudformation:UpdateStack', arn('cloudformation', `stack/dingdock-${stage}/x`)],
    ['cloudformation:CreateChangeSet', arn('cloudformation', `stack/dingdock-${stage}/x`)],
    ['cloudformation:ValidateTemplate'],
    ['s3:CreateBucket', bucket],
    ['s3:PutBucketPolicy', bucket],
    ['s3:PutObject', `${bucket}/x`],
    ['lambda:CreateFunction', arn('lambda', `function:${name}`)],
    ['lambda:AddPermission', arn('lambda', `function:${name}`)],
    ['lambda:CreateEventSourceMapping'],
    ['iam:CreateRole', role],
    ['iam:PutRolePolicy', role],
    ['dynamodb:CreateTable', arn('dynamodb', `table/${name}`)],
    ['dynamodb:UpdateContinuousBackups', arn('dynamodb', `table/${name}`)],
    ['sqs:CreateQueue', arn('sqs', name)],
    ['events:CreateEventBus', arn('events', `event-bus/dingdock-${stage}`)],
    ['events:PutRule', arn('events', `rule/${name}`)],
    ['logs:CreateLogGroup', arn('logs', `log-group:/aws/lambda/${name}`)],
    ['logs:PutRetentionPolicy', arn('logs', `log-group:/aws/lambda/${name}`)],
    ['logs:CreateLogDelivery'],
    ['cloudwatch:PutMetricAlarm', arn('cloudwatch', `alarm:${name}`)],
    ['apigateway:POST', `arn:${partition}:apigateway:${region}::/apis`],
  ];
  const network: Right[] = ['ec2:CreateVpc', 'ec2:CreateNatGateway', 'ec2:AllocateAddress'].map((action) => [action]);
  return [
    ...always,
    ...(settingOf(chosen, 'network') === 'nat' ? network : []),
    ...(chosen.alarmEmail === undefined ? [] : [['sns:CreateTopic', arn('sns', name)] satisfies Right]),
    ...(chosen.domain === undefined
      ? []
      : [['apigateway:POST', `arn:${partition}:apigateway:${region}::/domainnames`] satisfies Right]),
  ];
}
