import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parse, type ScalarTag } from 'yaml';

export const ACCOUNT = '000000000000';

export type TemplateOptions = {
  stage: string;
  /** Base address of the queues, e.g. http://127.0.0.1:4566 */
  queuesUrl: string;
  /** As `--param` on the command line: wins over the file's own. */
  params?: Record<string, string>;
  region?: string;
};

type Resource = { type: string; properties: Record<string, unknown> };

export type Template = {
  service: string;
  region: string;
  resources: Map<string, Resource>;
  functions: Map<string, { handler: string; events: Record<string, unknown>[]; environment: Record<string, string> }>;
  /** custom.esbuild */
  bundling: Record<string, unknown>;
  /** What all functions get. */
  environment: Record<string, string>;
};

const Bag = v.record(v.string(), v.unknown());
const Environment = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]));
const Serverless = v.object({
  service: v.string(),
  params: v.optional(v.record(v.string(), Bag), {}),
  provider: v.object({ environment: v.optional(Bag, {}), region: v.optional(v.string()) }),
  custom: v.object({ esbuild: Bag }),
  functions: v.record(
    v.string(),
    v.object({ handler: v.string(), events: v.optional(v.array(Bag), []), environment: v.optional(Bag, {}) }),
  ),
  resources: v.object({
    Resources: v.record(v.string(), v.object({ Type: v.string(), Properties: v.optional(Bag, {}) })),
  }),
});

/** Reads serverless.yml with its variables and CloudFormation references filled in for this machine. */
export function readTemplate(file: string | URL, options: TemplateOptions): Template {
  const raw = v.parse(Serverless, parse(readFileSync(file, 'utf8'), { customTags: SHORT_FORMS }));
  const region = options.region ?? 'us-east-1';
  const params = { ...raw.params.default, ...raw.params[options.stage], ...options.params };
  const variables = { stage: options.stage, params, region };
  const whole = v.parse(Serverless, { ...raw, ...v.parse(Bag, fillIn({ ...raw, params: {} }, variables)) });

  const resources = new Map(
    Object.entries(whole.resources.Resources).map(([id, { Type, Properties }]) => [
      id,
      { type: Type, properties: Properties },
    ]),
  );
  const lookup = references(resources, region, options.queuesUrl);
  for (const resource of resources.values()) resource.properties = v.parse(Bag, resolve(resource.properties, lookup));
  return {
    service: whole.service,
    region,
    resources,
    functions: new Map(
      Object.entries(whole.functions).map(([name, { handler, events, environment }]) => [
        name,
        {
          handler,
          events: v.parse(v.array(Bag), resolve(events, lookup)),
          environment: strings(resolve(environment, lookup)),
        },
      ]),
    ),
    bundling: whole.custom.esbuild,
    environment: strings(resolve(whole.provider.environment, lookup)),
  };
}

function strings(environment: unknown) {
  return Object.fromEntries(
    Object.entries(v.parse(Environment, environment)).map(([key, value]) => [key, String(value)]),
  );
}

/** `!Ref X` is `{ Ref: X }`, `!GetAtt X.Arn` is `{ "Fn::GetAtt": X.Arn }`, and so on. */
const SHORT_FORMS: ScalarTag[] = ['Ref', 'GetAtt', 'Sub'].map((name) => ({
  tag: `!${name}`,
  resolve: (text: string) => ({ [name === 'Ref' ? name : `Fn::${name}`]: text }),
}));

type Variables = { stage: string; params: Record<string, unknown>; region: string };

/** The Serverless Framework's own `${…}`; `${AWS::…}` and `${Resource}` inside Fn::Sub are left to CloudFormation. */
function fillIn(value: unknown, variables: Variables): unknown {
  if (Array.isArray(value)) return value.map((item) => fillIn(item, variables));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, variables)]));
  }
  if (typeof value !== 'string') return value;
  const whole = VARIABLE.exec(value);
  if (whole !== null && whole[0] === value) return variable(value, whole, variables);
  return value.replaceAll(new RegExp(VARIABLE, 'g'), (text, ...groups: string[]) =>
    String(variable(text, [text, ...groups.slice(0, 3)], variables)),
  );
}

const VARIABLE = /\$\{(sls|param|opt):([\w-]+)(?:,\s*['"]?([^'"}]*)['"]?)?\}/;

function variable(text: string, [, source, name = '', fallback]: readonly (string | undefined)[], known: Variables) {
  if (name === 'stage' && source !== 'param') return known.stage;
  if (name === 'region' && source === 'opt') return known.region;
  if (source === 'param' && name in known.params) return fillIn(known.params[name], known);
  if (fallback !== undefined) return fallback;
  throw new Error(`serverless.yml: no local value for ${text}`);
}

type Lookup = (name: string, attribute?: string) => string;

function references(resources: Map<string, Resource>, region: string, queuesUrl: string): Lookup {
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

function resolve(value: unknown, lookup: Lookup): unknown {
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
