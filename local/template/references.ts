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
    ['AWS::NoValue', ''],
    ['HttpApi', 'local'],
  ]);
  return (id, attribute) => {
    const plain = pseudo.get(id);
    if (plain !== undefined) return plain;
    const resource = resources.get(id);
    if (resource === undefined) throw new Error(`serverless.yml: no resource ${id}`);
    const kind = KINDS[resource.type];
    // Alarms, roles and the like have no local counterpart: a name is enough to read on.
    if (kind === undefined) return attribute === undefined ? id : `${id}.${attribute}`;
    const name = v.parse(v.string(), resource.properties[kind.name] ?? id);
    if (attribute === 'Arn') return `arn:aws:${kind.arn(region)}${name}`;
    return kind.name === 'QueueName' && attribute !== kind.name ? `${queuesUrl}/${ACCOUNT}/${name}` : name;
  };
}

/** Where the name of a resource stands, and how its ARN begins; a queue is referred to by its address. */
const KINDS: Record<string, { name: string; arn: (region: string) => string }> = {
  'AWS::SQS::Queue': { name: 'QueueName', arn: (region) => `sqs:${region}:${ACCOUNT}:` },
  'AWS::S3::Bucket': { name: 'BucketName', arn: () => 's3:::' },
  'AWS::DynamoDB::Table': { name: 'TableName', arn: (region) => `dynamodb:${region}:${ACCOUNT}:table/` },
  'AWS::Lambda::Function': { name: 'FunctionName', arn: (region) => `lambda:${region}:${ACCOUNT}:function:` },
  'AWS::Events::EventBus': { name: 'Name', arn: (region) => `events:${region}:${ACCOUNT}:event-bus/` },
};

/** Puts values in the place of `Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join`. */
export function resolve(value: unknown, lookup: Lookup): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, lookup));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[key, argument] = ['', undefined]] = entries;
  const called = entries.length === 1 ? CALLS[key]?.(argument, lookup) : undefined;
  return called ?? Object.fromEntries(entries.map(([name, item]) => [name, resolve(item, lookup)]));
}

/** CloudFormation's functions; undefined for an argument in another form than the template's. */
const CALLS: Record<string, (argument: unknown, lookup: Lookup) => string | undefined> = {
  Ref: (argument, lookup) => lookup(String(argument)),
  'Fn::GetAtt'(argument, lookup) {
    const [id = '', ...rest] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
    return lookup(id, rest.join('.'));
  },
  'Fn::Sub': (argument, lookup) =>
    typeof argument === 'string'
      ? argument.replaceAll(/\$\{([\w:]+)(?:\.(\w+))?\}/g, (_, id: string, attribute?: string) => lookup(id, attribute))
      : undefined,
  'Fn::Join'(argument, lookup) {
    if (!Array.isArray(argument)) return undefined;
    const [separator, parts] = v.parse(v.tuple([v.string(), v.array(v.unknown())]), argument);
    return parts.map((part) => resolve(part, lookup)).join(separator);
  },
};
