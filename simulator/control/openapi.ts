import { isObject, type JsonObject } from '../json.ts';
import { type Described, described, type Member } from './described.ts';

/** The OpenAPI document of the control API. */
export function controlDocument(): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const [place, call] of Object.entries(described)) {
    const [method = 'GET', path = '/'] = place.split(' ');
    const full = `/_sim${path === '/' ? '' : path}`.replace(/:(\w+)/g, '{$1}');
    paths[full] = { ...paths[full], [method.toLowerCase()]: operation(method, path, call) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Control API of the DingTalk simulator',
      version: '0.1.0',
      description:
        'For tests and for people who look at the simulator. It asks for no proof: it listens on this machine only.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:3100' }],
    paths,
    components: { schemas: { Fault: FAULT } },
  };
}

function operation(method: string, path: string, call: Described): JsonObject {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => parameter('path', `${name}`));
  const inQuery = Object.entries(call.query ?? {}).map(([name, words]) => parameter('query', name, words));
  const refused = path.includes(':') ? { 404: { description: 'There is none.' } } : {};
  return {
    operationId: `${method} ${path}`.replace(/\W+(\w)/g, (_, first: string) => first.toUpperCase()).replace(/\W+$/, ''),
    summary: call.does,
    parameters: [...inPath, ...inQuery],
    ...(call.needs || call.takes ? { requestBody: bodyOf(call) } : {}),
    responses: {
      200: {
        description: 'Done.',
        content: { [TYPES[call.gives ?? 'object']]: { schema: SHAPES[call.gives ?? 'object'] } },
      },
      400: {
        description: 'Not understood; says what was expected.',
        content: json({ $ref: '#/components/schemas/Fault' }),
      },
      ...refused,
    },
  };
}

function parameter(place: 'path' | 'query', name: string, description?: string): JsonObject {
  const words = description === undefined ? {} : { description };
  return { name, in: place, required: place === 'path', schema: { type: 'string' }, ...words };
}

function bodyOf({ needs = {}, takes = {}, example }: Described): JsonObject {
  const members = Object.entries({ ...needs, ...takes });
  const schema = {
    type: 'object',
    required: Object.keys(needs),
    properties: Object.fromEntries(members.map(([name, member]) => [name, schemaOf(member)])),
  };
  const samples = Object.fromEntries(Object.entries(needs).map(([name, [sample]]) => [name, sample]));
  return { required: true, content: json(schema, example ?? samples) };
}

function schemaOf([sample, words]: Member): JsonObject {
  return { ...shapeOf(sample), ...(words === '' ? {} : { description: words }), examples: [sample] };
}

function shapeOf(sample: unknown): JsonObject {
  if (Array.isArray(sample)) return { type: 'array', ...(sample.length > 0 ? { items: shapeOf(sample[0]) } : {}) };
  if (!isObject(sample)) return { type: typeof sample };
  const properties = Object.entries(sample).map(([name, value]) => [name, shapeOf(value)]);
  return { type: 'object', properties: Object.fromEntries(properties) };
}

function json(schema: JsonObject, example?: JsonObject): JsonObject {
  return { 'application/json': { schema, ...(example ? { example } : {}) } };
}

const FAULT = {
  type: 'object',
  required: ['error', 'expected'],
  properties: {
    error: { type: 'string', description: 'What is wrong.' },
    expected: { type: 'string', description: 'What would be right.' },
  },
};

const TYPES = {
  object: 'application/json',
  list: 'application/json',
  bytes: 'application/octet-stream',
  news: 'text/event-stream',
};

const SHAPES = {
  object: { type: 'object' },
  list: { type: 'array', items: { type: 'object' } },
  bytes: { type: 'string', format: 'binary' },
  news: { type: 'string' },
};
