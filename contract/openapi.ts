import { toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import * as answers from './answers.ts';
import { type Described, ROUTES } from './routes.ts';

/** The faults that any route with a key may answer; all are problem documents (RFC 9457). */
const FAULTS: Record<string, string> = {
  400: 'The request cannot be read',
  401: 'No key',
  403: 'A key that is not known, or that may not do this',
  404: 'There is no such record',
  409: 'The same request is being carried out',
  422: 'The request cannot be carried out as it is: every fault at once',
  429: 'Too many requests of this key',
  502: 'DingTalk or AWS refused for good',
  503: 'A part did not answer; send it again',
};

/** The API as OpenAPI 3.1, from the schemas that the routes parse by. */
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
    paths: pathsOf(ROUTES),
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } },
      schemas: toJsonSchemaDefs({ ...answers }, named('output')),
      responses: Object.fromEntries(Object.entries(FAULTS).map(([status, of]) => [`Fault${status}`, faultOf(of)])),
    },
  };
}

function pathsOf(routes: Described[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const described of routes) {
    const [method = '', path = ''] = described.route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(described, path) };
  }
  return paths;
}

function operationOf({ id, summary, query = {}, headers = {}, body, answers, open }: Described, path: string) {
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...Object.entries(query).map(([name, description]) => ({
      name,
      in: 'query',
      description,
      schema: { type: 'string' },
    })),
    ...Object.entries(headers).map(([name, description]) => ({
      name,
      in: 'header',
      description,
      schema: { type: 'string' },
    })),
  ];
  return {
    operationId: id,
    summary,
    ...(open && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestOf(body) }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)])),
      ...(!open && Object.fromEntries(Object.keys(FAULTS).map((status) => [status, ref(`Fault${status}`)]))),
    },
  };
}

function requestOf({ schema, oneOf, examples }: NonNullable<Described['body']>) {
  const shape = jsonSchema(schema, 'input');
  const one = oneOf?.map((name) => ({ required: [name] }));
  return {
    required: true,
    content: {
      'application/json': {
        schema: { ...shape, ...(one && { oneOf: one }) },
        examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
      },
    },
  };
}

function answerOf({ of, schema }: Described['answers'][string]) {
  if (!schema) return { description: of };
  return { description: of, content: { 'application/json': { schema: jsonSchema(schema, 'output') } } };
}

function faultOf(description: string) {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description, content: { 'application/problem+json': { schema } } };
}

function ref(response: string) {
  return { $ref: `#/components/responses/${response}` };
}

/** What a schema cannot say in JSON Schema (a check by code) is left out: the route refuses it all the same. */
function jsonSchema(schema: GenericSchema, typeMode: 'input' | 'output') {
  const { $schema: _, $defs: __, ...shape } = toJsonSchema(schema, named(typeMode));
  return shape;
}

/** What has a name is referred to by it. */
function named(typeMode: 'input' | 'output') {
  return {
    typeMode,
    errorMode: 'ignore',
    definitions: { ...answers },
    overrideRef: ({ referenceId }: { referenceId: string }) => `#/components/schemas/${referenceId}`,
  } as const;
}
