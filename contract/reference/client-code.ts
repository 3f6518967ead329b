import * as v from 'valibot';
import { OpenApi, type Operation, type Shape } from './document.ts';

const HEAD = `// Made from the contract by \`npm run openapi\`.
/** A member that must not be there: exactly one content is sent. */
type Absent = undefined;
`;
const ABSENT = 'NotWithThisContent';

/**
 * The types of the API for a client in TypeScript, and the table of its routes: [method, path, whether an Idempotency-Key
 * makes a repeat harmless]. What answers no JSON is left out.
 */
export function apiTypes(given: unknown): string {
  const { paths, components } = v.parse(OpenApi, given);
  const schemas = Object.entries(components.schemas)
    .filter(([name]) => name !== ABSENT)
    .map(([name, shape]) => `${words(shape.description)}export type ${name} = ${typeOf(shape, '')};\n`);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const answers = answersOf(operation);
      return answers.length === 0 ? [] : [{ path, method: method.toUpperCase(), operation, answers }];
    }),
  );
  const types = operations.map(({ path, method, operation, answers }) => {
    const { operationId, summary } = operation;
    const input = inputOf(operation, path, method);
    return `  /** ${summary}. */\n  ${operationId}: { input: ${input}; answer: ${answers.join(' | ')} };\n`;
  });
  const routes = operations.map(
    ({
      path,
      method,
      operation,
    }) => `  ${operation.operationId}: ['${method}', '${path}', '${repeatable(method, operation)}'],
`,
  );
  return `${HEAD}\n${schemas.join('')}
export type Operations = {
${types.join('')}};

export const ROUTES = {
${routes.join('')}} as const;
`;
}

function repeatable(method: string, { parameters }: Operation): string {
  if (method !== 'POST' && method !== 'PATCH') return 'always';
  return parameters.some(({ name }) => name === 'Idempotency-Key') ? 'keyed' : 'never';
}

function answersOf({ responses }: Operation): string[] {
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const types = good.flatMap(([status, { content }]) => {
    const shape = content?.['application/json']?.schema;
    if (shape) return [typeOf(shape, '')];
    return status === '204' ? ['undefined'] : [];
  });
  return [...new Set(types)];
}

function inputOf({ parameters, requestBody }: Operation, path: string, method: string): string {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `${name}: string`);
  const query = parameters.filter(({ in: where }) => where === 'query');
  const asked = query.map(
    ({ name, schema, required }) =>
      `${name}${required ? '' : '?'}: ${typeOf(schema, '')}${required ? '' : ' | undefined'}`,
  );
  const body = requestBody?.content['application/json'].schema;
  const members = [
    ...names,
    ...(asked.length > 0 ? [`query?: { ${asked.join('; ')} }`] : []),
    ...(body ? [`body: ${typeOf(body, '')}`] : []),
    ...(!body && method === 'POST' ? ['body?: unknown'] : []),
  ];
  return members.length === 0 ? 'object' : `{ ${members.join('; ')} }`;
}

function typeOf(shape: Shape, indent: string): string {
  if (shape.$ref !== undefined) return nameIn(shape.$ref);
  if (shape.enum) return shape.enum.map((each) => JSON.stringify(each)).join(' | ');
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  const forms = shape.oneOf ?? shape.anyOf;
  if (forms) return [...new Set(forms.map((form) => typeOf(form, indent)))].join(' | ');
  if (shape.items) return `Array<${typeOf(shape.items, indent)}>`;
  if (shape.properties) return objectOf(shape, `${indent}  `);
  if (shape.type === 'object') return mapOf(shape.additionalProperties, indent);
  return (
    { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' }[shape.type ?? ''] ??
    'unknown'
  );
}

function objectOf({ properties = {}, required = [] }: Shape, indent: string): string {
  const members = Object.entries(properties).map(([name, shape]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    const said = shape.$ref?.endsWith(ABSENT) ? '' : words(shape.description, indent);
    return `${said}${indent}${key}${required.includes(name) ? '' : '?'}: ${typeOf(shape, indent)};\n`;
  });
  return `{\n${members.join('')}${indent.slice(2)}}`;
}

function mapOf(values: unknown, indent: string): string {
  const shape = v.safeParse(v.looseObject({}), values);
  return `Record<string, ${shape.success ? typeOf(shape.output, indent) : 'unknown'}>`;
}

function words(text: string | undefined, indent = ''): string {
  return text === undefined ? '' : `${indent}/** ${text.replaceAll('*/', '* /')} */\n`;
}

function nameIn(ref: string): string {
  const name = ref.split('/').at(-1) ?? '';
  return name === ABSENT ? 'Absent' : name;
}
