import * as v from 'valibot';
import { OpenApi, type Operation, type Shape } from './document.ts';

/** A member of a request or an answer. `type` names schemas as `[Name]`; words may hold code in backticks. */
export type Field = { name: string; type: string; needed: boolean; words: string; example?: string };
export type Answer = { status: string; words: string; schema?: string };
export type Described = {
  id: string;
  method: string;
  path: string;
  summary: string;
  words: string;
  /** The scope that a key needs; `none`: no key is asked for. */
  scope: string;
  parameters: Field[];
  body?: { schema: string; examples: { name: string; value: Record<string, unknown> }[] };
  answers: Answer[];
};
export type Group = { title: string; words: string; operations: Described[] };
export type Schema = { name: string; words: string; forms: string[]; fields: Field[] };
export type Reference = { title: string; version: string; words: string; groups: Group[]; schemas: Schema[] };

/** What people read of the API, from its own description. */
export function referenceOf(given: unknown): Reference {
  const document = v.parse(OpenApi, given);
  const { info, tags, paths, components } = document;
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const groups = tags.map(({ name, description }) => ({
    title: name,
    words: description,
    operations: all
      .filter(({ operation }) => operation.tags.includes(name))
      .map(({ method, path, operation }) => describedOf(method, path, operation, document)),
  }));
  return {
    title: info.title,
    version: info.version,
    words: info.description,
    groups,
    schemas: schemasOf(components.schemas),
  };
}

function describedOf(method: string, path: string, operation: Operation, { components }: OpenApi): Described {
  const { operationId, summary, description = '', security, parameters, requestBody, responses } = operation;
  const body = requestBody?.content['application/json'];
  const scopes = security?.flatMap((each) => Object.values(each).flat());
  return {
    id: operationId,
    method,
    path,
    summary,
    words: description,
    scope: security?.length === 0 ? 'none' : (scopes?.[0] ?? 'any'),
    parameters: parameters.map(({ name, in: where, required, description: words, schema }) =>
      fieldOf(`${name} (${where})`, { ...schema, description: words, examples: schema.examples }, required),
    ),
    ...(body && {
      body: {
        schema: typeOf(body.schema),
        examples: Object.entries(body.examples).map(([name, { value }]) => ({ name, value })),
      },
    }),
    answers: Object.entries(responses).map(([status, { $ref, description: words, content = {} }]) => {
      const [schema] = Object.values(content).map((each) => typeOf(each.schema));
      const shared = $ref === undefined ? undefined : components.responses[nameIn($ref)];
      return { status, words: words ?? shared?.description ?? '', schema: schema ?? (shared && '[Problem]') ?? '' };
    }),
  };
}

/** A member that must not be there, so that compilers hold "exactly one content". */
const ABSENT = 'NotWithThisContent';

function schemasOf(schemas: Record<string, Shape>): Schema[] {
  const contents = new Set(
    Object.values(schemas).flatMap((shape) => (hasOneContent(shape, schemas) ? namesIn(shape) : [])),
  );
  return Object.entries(schemas)
    .filter(([name]) => name !== ABSENT && !contents.has(name))
    .map(([name, shape]) => schemaOf(name, shape, schemas));
}

function schemaOf(name: string, shape: Shape, schemas: Record<string, Shape>): Schema {
  const forms = [...(shape.oneOf ?? []), ...(shape.anyOf ?? [])];
  const words = shape.description ?? '';
  if (!hasOneContent(shape, schemas)) return { name, words, forms: forms.map(typeOf), fields: fieldsOf(shape) };
  // one schema a content: shown as one, since all but the content is the same
  const members = forms.flatMap((form) => fieldsOf(schemas[nameIn(form.$ref ?? '')] ?? {}));
  const shared = (field: Field) => members.filter((each) => each.name === field.name && each.needed).length;
  const fields = [...new Map(members.map((field) => [field.name, field])).values()];
  return {
    name,
    words,
    forms: [],
    fields: fields.map((field) => ({ ...field, needed: shared(field) === forms.length })),
  };
}

/** Whether each of its forms shuts out the contents of the others. */
function hasOneContent({ oneOf = [] }: Shape, schemas: Record<string, Shape>): boolean {
  return oneOf.some(({ $ref = '' }) => Object.values(schemas[nameIn($ref)]?.properties ?? {}).some(isAbsent));
}

function fieldsOf({ properties = {}, required = [] }: Shape): Field[] {
  return Object.entries(properties)
    .filter(([, shape]) => !isAbsent(shape))
    .map(([name, shape]) => fieldOf(name, shape, required.includes(name)));
}

function fieldOf(name: string, shape: Shape, needed: boolean): Field {
  const [example] = shape.examples ?? [];
  const words = shape.description ?? '';
  return {
    name,
    type: typeOf(shape),
    needed,
    words,
    ...(example !== undefined && { example: JSON.stringify(example) }),
  };
}

function isAbsent(shape: Shape): boolean {
  return nameIn(shape.$ref ?? '') === ABSENT;
}

function typeOf(shape: Shape): string {
  if (shape.$ref !== undefined) return `[${nameIn(shape.$ref)}]`;
  const choices = shape.enum ?? (shape.const === undefined ? undefined : [shape.const]);
  if (choices) return choices.map((choice) => JSON.stringify(choice)).join(' | ');
  const forms = shape.anyOf ?? shape.oneOf;
  if (forms) return [...new Set(forms.map(typeOf))].join(' | ');
  if (shape.items) return `list of ${typeOf(shape.items)}`;
  return shape.type ?? 'any JSON';
}

function namesIn({ oneOf = [] }: Shape): string[] {
  return oneOf.flatMap(({ $ref }) => ($ref === undefined ? [] : [nameIn($ref)]));
}

function nameIn(ref: string): string {
  return ref.split('/').at(-1) ?? '';
}
