import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parse, type ScalarTag } from 'yaml';
import { type Resource as Resolved, references, resolve } from './references.ts';
import { fillIn } from './variables.ts';

export type TemplateOptions = {
  stage: string;
  /** Base address of the queues, e.g. http://127.0.0.1:4566 */
  queuesUrl: string;
  /** As `--param` on the command line: wins over the file's own. */
  params?: Record<string, string>;
  region?: string;
};

export type Template = {
  service: string;
  region: string;
  resources: Map<string, Resolved>;
  functions: Map<string, { handler: string; events: Record<string, unknown>[]; environment: Record<string, string> }>;
  /** custom.esbuild */
  bundling: Record<string, unknown>;
  /** What all functions get. */
  environment: Record<string, string>;
};

const Bag = v.record(v.string(), v.unknown());
const Environment = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]));
const Resource = v.object({ Type: v.string(), Properties: v.optional(Bag, {}) });
const Serverless = v.object({
  service: v.string(),
  params: v.optional(v.record(v.string(), Bag), {}),
  provider: v.object({ environment: v.optional(Bag, {}), region: v.optional(v.string()) }),
  custom: v.object({ esbuild: Bag }),
  functions: v.record(
    v.string(),
    v.object({ handler: v.string(), events: v.optional(v.array(Bag), []), environment: v.optional(Bag, {}) }),
  ),
  // Where there are several parts, one may be a file of things that mean nothing on this machine, such as roles.
  resources: v.pipe(
    v.union([v.array(v.union([v.string(), Bag])), Bag]),
    v.transform((parts) => [parts].flat().filter((part) => typeof part !== 'string')),
    v.array(v.object({ Resources: v.optional(v.record(v.string(), Resource), {}) })),
    v.transform((parts) => ({ Resources: Object.assign({}, ...parts.map(({ Resources }) => Resources)) })),
    v.object({ Resources: v.record(v.string(), Resource) }),
  ),
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
