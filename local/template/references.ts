import * as v from 'valibot';

export const ACCOUNT = '000000000000';

export type Resource = { type: string; properties: Record<string, unknown> };

/** What a reference to a resource, or to one of its attributes, stands for on this machine. */
export type Lookup = (name: string, attribute?: string) => string;

export function references(resources: Map<string, Resource>, region: string, queuesUrl: string): Lookup {
  const pseudo = new Map([
    ['AWS::AccountId', ACCOUNT],
    ['AWS::Region', region],
    ['AWS::Partition', 'aws'],
    ['AWS::URLSuffix', 'amazonaws.com'],
    ['AWS::StackName', 'local'],
    ['HttpApi', 'local'],
  ]);
  return (id, attribute) => {
    const plain = pseudo.get(id);
    if (plain !== undefined) return plain;
    const resource = resources.get(id);
    if (resource === undefined) throw new Error(`serverless.yml: no resource ${id}`);
    const { type, properties } = resource;
    const text = (key: string) => v.parse(v.string(), properties[key] ?? id);
    const arn = (service: string, name: string) => `arn:aws:${service}:${region}:${ACCOUNT}:${name}`;
    switch (type) {
      case 'AWS::SQS::Queue':
        if (attribute === 'Arn') return arn('sqs', text('QueueName'));
        return attribute === 'QueueName' ? text('QueueName') : `${queuesUrl}/${ACCOUNT}/${text('QueueName')}`;
      case 'AWS::S3::Bucket':
        return attribute === 'Arn' ? `arn:aws:s3:::${text('BucketName')}` : text('BucketName');
      case 'AWS::DynamoDB::Table':
        return attribute === 'Arn' ? arn('dynamodb', `table/${text('TableName')}`) : text('TableName');
      case 'AWS::Events::EventBus':
        return attribute === 'Arn' ? arn('events', `event-bus/${text('Name')}`) : text('Name');
      default:
        // Alarms, roles and the like have no local counterpart: a name is enough to read on.
        return attribute === undefined ? id : `${id}.${attribute}`;
    }
  };
}

/** Puts values in the place of `Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join`. */
export function resolve(value: unknown, lookup: Lookup): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, lookup));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined) {
    const [key, argument] = first;
    if (key === 'Ref') return lookup(String(argument));
    if (key === 'Fn::GetAtt') {
      const [id = '', ...rest] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
      return lookup(id, rest.join('.'));
    }
    if (key === 'Fn::Sub' && typeof argument === 'string') return substitute(argument, lookup);
    if (key === 'Fn::Join' && Array.isArray(argument)) {
      const [separator, parts] = v.parse(v.tuple([v.string(), v.array(v.unknown())]), argument);
      return parts.map((part) => resolve(part, lookup)).join(separator);
    }
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item, lookup)]));
}

function substitute(text: string, lookup: Lookup) {
  return text.replaceAll(/\$\{([\w:]+)(?:\.(\w+))?\}/g, (_, id: string, attribute?: string) => lookup(id, attribute));
}
