import { type OverrideActionContext, toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { without } from '../lib/base/without.ts';
import { ANSWERS, QUERIES, REQUESTS } from './components.ts';
import { CONTENTS } from './contents.ts';
import { ANSWER_TEXTS, PROBLEM_TEXTS, QUERY_TEXTS, REQUEST_TEXTS } from './descriptions.ts';
import { ONE_CONTENT, type OneContent } from './one-content.ts';
import { OPERATIONS, TAGS } from './operations.ts';
import { PROBLEMS, type ProblemCode } from './problems.ts';
import type { Input, Route } from './route.ts';
import { CALLER_ROUTES } from './routes.ts';

type Json = Record<string, unknown>;
type Texts = Record<string, string | readonly [words: string, example: unknown]>;

/** The faults that any route with a key may answer beside its own; all are problem documents (RFC 9457). */
const OF_KEYS: Record<number, string> = {
  401: 'No key, or one that is not known',
  403: 'A key that may not do this',
  429: 'Too many requests of this key, or calls beyond its budget',
  500: 'Something unexpected; send it again',
  502: 'DingTalk or AWS refused for good',
  503: 'A part did not answer; send it again',
};
const NEVER = 'Not to be given together with the content of this message: exactly one content is sent.';

/** The API as OpenAPI 3.1, from the schemas that the routes read by. */
export function openapiDocument(version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'dingdock',
      version,
      description: "Docks a company's systems with DingTalk: messages, tasks, files.",
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'where this description was fetched' }],
    security: [{ apiKey: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: pathsOf(),
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: dingdock keys create.' } },
      schemas: componentsOf(),
      responses: Object.fromEntries(
        Object.entries(OF_KEYS).map(([status, of]) => [`Problem${status}`, problemResponse(of)]),
      ),
    },
  };
}

const EVERYTHING = { ...REQUESTS, ...ANSWERS };

function pathsOf() {
  const paths: Record<string, Json> = {};
  const routes: Record<string, Route> = CALLER_ROUTES;
  for (const [key, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = key.split(' ');
    const route = routes[key];
    if (route) paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(operation, route, path) };
  }
  return paths;
}

type Operation = {
  id: string;
  tag: string;
  summary: string;
  description?: string;
  headers?: Record<string, string>;
  examples?: Json;
  answers: Record<string, { of: string; schema?: v.GenericSchema }>;
  errors?: readonly ProblemCode[];
};

function operationOf(operation: Operation, { needs, query, body }: Route, path: string) {
  const { id, tag, summary, description, headers = {}, examples = {}, answers, errors = [] } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter('path', name, IN_PATH[name] ?? ''));
  const inHeaders = Object.entries(headers).map(([name, words]) => parameter('header', name, words));
  const parameters = [...inPath, ...queryOf(query), ...inHeaders];
  const named = Object.entries(examples).map(([name, value]) => [name, { value }]);
  const content = body && { 'application/json': { schema: refTo(body.schema), examples: Object.fromEntries(named) } };
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(needs === 'none' && { security: [] }),
    ...(needs !== 'none' && needs !== 'key' && { security: [{ apiKey: [needs] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(content && { requestBody: { required: true, content } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)])),
      ...problemsOf(errors, needs !== 'none'),
    },
  };
}

const IN_PATH: Record<string, string> = {
  id: 'Id of the record, as the answer that made it, lists and events give it.',
  name: 'Name of a destination: 1 to 64 letters, digits, `_`, `.` or `-`; of a source: 1 to 40 small letters, digits or `-`.',
};

function parameter(
  where: 'path' | 'header' | 'query',
  name: string,
  description: string,
  schema: Json = { type: 'string' },
) {
  return { name, in: where, ...(where === 'path' && { required: true }), description, schema };
}

function queryOf(input: Input | undefined) {
  const [name, query] = Object.entries(QUERIES).find(([, one]) => one === input?.schema) ?? [];
  if (name === undefined || !query) return [];
  const texts: Record<string, Texts> = QUERY_TEXTS;
  const { properties = {} } = described(toJsonSchema(query, conversion('input')), texts[name]);
  return Object.entries(properties).map(([member, { description, ...rest }]) =>
    parameter('query', member, String(description), rest),
  );
}

function answerOf({ of, schema }: Operation['answers'][string]) {
  if (!schema) return { description: of };
  return { description: of, content: { 'application/json': { schema: refTo(schema) } } };
}

/** The problems by their status: a route's own with their codes, those of every key in one place. */
function problemsOf(errors: readonly ProblemCode[], keyed: boolean) {
  const byStatus = Map.groupBy(errors, (code) => PROBLEMS[code]);
  const own = [...byStatus].map(([status, codes]) => {
    const lines = codes.map((code) => `\`${code}\`: ${PROBLEM_TEXTS[code]}`);
    const general = keyed ? OF_KEYS[status] : undefined;
    return [status, problemResponse([...(general === undefined ? [] : [`${general}.`]), ...lines].join(' '))];
  });
  const shared = keyed
    ? Object.keys(OF_KEYS).map((status) => [status, { $ref: `#/components/responses/Problem${status}` }])
    : [];
  return Object.fromEntries([...shared, ...own]);
}

function problemResponse(description: string) {
  return { description, content: { 'application/problem+json': { schema: refTo(ANSWERS.Problem) } } };
}

function refTo(schema: v.GenericSchema) {
  const [name] = Object.entries<v.GenericSchema>(EVERYTHING).find(([, one]) => one === schema) ?? [];
  if (name === undefined) throw new Error('a schema of a route has no name in contract/components.ts');
  return { $ref: `#/components/schemas/${name}` };
}

type Shape = ReturnType<typeof toJsonSchema>;
type Property = Exclude<NonNullable<Shape['properties']>[string], boolean>;
type Schema = Omit<Shape, 'properties' | '$schema'> & { properties?: Record<string, Property> };

function componentsOf(): Record<string, Schema> {
  const texts: Record<string, Texts> = { ...REQUEST_TEXTS, ...ANSWER_TEXTS };
  const inputs: Record<string, Shape> = toJsonSchemaDefs(EVERYTHING, conversion('input'));
  const outputs = toJsonSchemaDefs(EVERYTHING, conversion('output'));
  const shapes = { ...outputs, ...Object.fromEntries(Object.keys(REQUESTS).map((name) => [name, inputs[name]])) };
  const named = Object.entries(shapes)
    .filter(([name]) => !(name in ONE_CONTENT))
    .map(([name, shape]) => [name, described(shape, texts[name])]);
  const formed = Object.entries(ONE_CONTENT).map(([name, one]) => {
    const forms = formsOf(one, texts[name] ?? {});
    const oneOf = Object.keys(forms).map((form) => ({ $ref: `#/components/schemas/${form}` }));
    return { ...forms, [name]: { description: String(texts[name]?.['']), oneOf } };
  });
  return Object.assign({ [ABSENT]: NOTHING }, ...formed, Object.fromEntries(named));
}

/**
 * "Exactly one content" so that generated clients hold it: one schema a content, which needs its own and takes none of the
 * others. What is both a text and a number is nothing: compilers read it as a member that must not be there.
 */
function formsOf({ kinds, before, behind, form }: OneContent, texts: Texts): Record<string, Schema> {
  const entries = kinds.map((kind) => {
    const shape = toJsonSchema(v.strictObject({ ...before, [kind]: CONTENTS[kind], ...behind }), conversion('input'));
    const said = `A ${form.toLowerCase()} that is ${kind}: ${[texts[kind]].flat()[0]}`;
    const own = described(shape, { ...texts, '': said });
    const others = kinds
      .filter((other) => other !== kind)
      .map((other) => [other, { $ref: `#/components/schemas/${ABSENT}` }]);
    const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}${form}`;
    return [name, { ...own, properties: { ...own.properties, ...Object.fromEntries(others) } }];
  });
  return Object.fromEntries(entries);
}

const ABSENT = 'NotWithThisContent';
const NOTHING: Schema = { allOf: [{ type: 'string' }, { type: 'integer' }], description: NEVER };

/** The same with words to it and to each of its properties. */
function described(shape: Shape, texts: Texts = {}): Schema {
  const members = Object.entries(shape.properties ?? {}).map(([name, property]) => {
    const said = texts[name];
    if (said === undefined) throw new Error(`"${name}" has no words in contract/descriptions.ts`);
    const words = typeof said === 'string' ? { description: said } : { description: said[0], examples: [said[1]] };
    // a generator takes a member with a default for one that is always there; the words tell the default
    return [name, { ...without(Object(property), 'default'), ...words }];
  });
  return {
    ...without(shape, '$schema', '$defs', 'properties'),
    ...(texts[''] !== undefined && { description: String(texts['']) }),
    ...(shape.properties && { properties: Object.fromEntries(members) }),
  };
}

/** What has a name is referred to by it. What a schema cannot say in JSON Schema (a check by code) is left out. */
function conversion(typeMode: 'input' | 'output') {
  return {
    typeMode,
    errorMode: 'ignore',
    definitions: EVERYTHING,
    overrideRef: ({ referenceId }: { referenceId: string }) => `#/components/schemas/${referenceId}`,
    overrideAction: bytesAsLength,
  } as const;
}

/** JSON Schema knows no bytes; what has at most n of them has at most n characters. */
function bytesAsLength({ valibotAction, jsonSchema }: OverrideActionContext): Shape | undefined {
  if (!v.is(MaxBytes, valibotAction)) return undefined;
  return {
    ...jsonSchema,
    maxLength: Math.min(jsonSchema.maxLength ?? valibotAction.requirement, valibotAction.requirement),
  };
}
const MaxBytes = v.object({ type: v.literal('max_bytes'), requirement: v.number() });
