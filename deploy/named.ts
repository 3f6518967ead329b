import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A resource of the template with a name of its own: in an account and region there can be one of that name. */
export type Named = {
  id: string;
  type: 'table' | 'queue' | 'bus' | 'log group';
  name: string;
  /** Of a table: its keys, which no update can change, and its indexes. */
  keys?: string[];
  indexes?: string[];
};

const TYPES: Record<string, [type: Named['type'], property: string]> = {
  'AWS::DynamoDB::Table': ['table', 'TableName'],
  'AWS::SQS::Queue': ['queue', 'QueueName'],
  'AWS::Events::EventBus': ['bus', 'Name'],
};

type Keys = { AttributeName: string }[];
type Properties = { KeySchema?: Keys; GlobalSecondaryIndexes?: { IndexName: string }[] } & Record<string, unknown>;
type Part = { Resources?: Record<string, { Type: string; Properties?: Properties }> };
type Serverless = { service: string; functions: Record<string, unknown>; resources: (string | Part)[] };

/** What a stage has by name, as serverless.yml has it; the bucket is apart, since its name is a setting. */
export function namedResources(stage: string): Named[] {
  const text = readFileSync(new URL('../serverless.yml', import.meta.url), 'utf8');
  const { service, functions, resources }: Serverless = parse(text, { logLevel: 'error' });
  const all = Object.assign({}, ...resources.map((part) => (typeof part === 'string' ? {} : part.Resources)));
  const own = Object.entries<{ Type: string; Properties?: Properties }>(all).flatMap(
    ([id, { Type, Properties = {} }]) => {
      const [type, property] = TYPES[Type] ?? [];
      if (type === undefined || property === undefined) return [];
      const name = String(Properties[property]).replaceAll('${sls:stage}', stage);
      const { KeySchema, GlobalSecondaryIndexes = [] } = Properties;
      const keys = KeySchema?.map(({ AttributeName }) => AttributeName);
      const indexes = GlobalSecondaryIndexes.map(({ IndexName }) => IndexName);
      return [{ id, type, name, ...(keys && { keys, indexes }) }];
    },
  );
  const groups = [
    ...Object.keys(functions).map((name) => `/aws/lambda/${service}-${stage}-${name}`),
    `/aws/vendedlogs/${service}-${stage}-api`,
  ];
  return [...own, ...groups.map((name): Named => ({ id: name, type: 'log group', name }))];
}
