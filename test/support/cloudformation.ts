import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { PropertyType, ResourceProperties, SpecDatabase } from '@aws-cdk/service-spec-types';
import type { PackagedTemplate } from './packaged.ts';

// What cfn-lint looks for, on the resource schemas that AWS publishes for its CDK: types, properties, what is required,
// what is referred to, what depends on what, and the limits of a template.

/** The schemas of all resource types; seconds to load. */
export const loadSchemas = () => loadAwsServiceSpec();

/** Whatever CloudFormation would refuse in a template, a line each. */
export function faultsOf(template: PackagedTemplate, schemas: SpecDatabase): string[] {
  const faults: string[] = [];
  const { Resources, Conditions = {}, Outputs } = template;
  const conditions = new Set(Object.keys(Conditions ?? {}));
  for (const [id, resource] of Object.entries(Resources)) {
    if (!/^[A-Za-z0-9]{1,255}$/.test(id)) faults.push(`${id}: no logical id`);
    const [schema] = schemas.lookup('resource', 'cloudFormationType', 'equals', resource.Type);
    if (!schema) faults.push(`${id}: no type ${resource.Type}`);
    else faults.push(...faultsOfObject(schemas, schema.properties, resource.Properties, id));
    if (resource.Condition !== undefined && !conditions.has(String(resource.Condition))) {
      faults.push(`${id}: no condition ${resource.Condition}`);
    }
  }
  for (const [from, id, attribute] of referencesIn({ Resources, Outputs })) {
    if (id.startsWith('AWS::')) continue;
    const target = Resources[id];
    if (!target) faults.push(`${from}: refers to ${id}, which is not there`);
    else if (attribute !== undefined) {
      const [schema] = schemas.lookup('resource', 'cloudFormationType', 'equals', target.Type);
      if (schema && !(attribute in schema.attributes)) faults.push(`${from}: ${target.Type} has no ${attribute}`);
    }
  }
  for (const name of conditionsIn({ Resources, Outputs }))
    if (!conditions.has(name)) faults.push(`no condition ${name}`);
  const circle = circleIn(Resources);
  if (circle) faults.push(`depends on itself: ${circle.join(' -> ')}`);
  if (Object.keys(Resources).length > 500) faults.push('more than 500 resources');
  if (JSON.stringify(template).length > 1_000_000) faults.push('over 1 MB');
  return faults;
}

type Bag = Record<string, unknown>;
const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `Ref`, `Fn::…`: its value is known at deployment only. */
function isIntrinsic(value: unknown): boolean {
  const [key, ...more] = isBag(value) ? Object.keys(value) : [];
  return key !== undefined && more.length === 0 && (key === 'Ref' || key.startsWith('Fn::'));
}

function faultsOfObject(schemas: SpecDatabase, known: ResourceProperties, given: Bag, path: string): string[] {
  const missing = Object.entries(known).filter(([name, { required }]) => required && !(name in given));
  return [
    ...missing.map(([name]) => `${path}: ${name} is missing`),
    ...Object.entries(given).flatMap(([name, value]) => {
      const property = known[name];
      return property
        ? faultsOfValue(schemas, property.type, value, `${path}.${name}`)
        : [`${path}: no property ${name}`];
    }),
  ];
}

function faultsOfValue(schemas: SpecDatabase, type: PropertyType, value: unknown, path: string): string[] {
  if (isIntrinsic(value)) return [];
  const wrong = (is: boolean) => (is ? [] : [`${path}: ${JSON.stringify(value)?.slice(0, 80)} is no ${type.type}`]);
  switch (type.type) {
    case 'string':
      return wrong(['string', 'number', 'boolean'].includes(typeof value));
    case 'integer':
      return wrong(/^-?\d+$/.test(String(value)));
    case 'number':
      return wrong(value !== '' && Number.isFinite(Number(value)));
    case 'boolean':
      return wrong(/^(true|false)$/.test(String(value)));
    case 'array':
      if (!Array.isArray(value)) return wrong(false);
      return value.flatMap((item, index) => faultsOfValue(schemas, type.element, item, `${path}.${index}`));
    case 'map':
      if (!isBag(value)) return wrong(false);
      return Object.entries(value).flatMap(([key, item]) =>
        faultsOfValue(schemas, type.element, item, `${path}.${key}`),
      );
    case 'ref':
      if (!isBag(value)) return wrong(false);
      return faultsOfObject(schemas, schemas.get('typeDefinition', type.reference.$ref).properties, value, path);
    case 'union': {
      const each = type.types.map((one) => faultsOfValue(schemas, one, value, path));
      return each.some((faults) => faults.length === 0) ? [] : (each[0] ?? []);
    }
    case 'tag':
      return wrong(isBag(value) && 'Key' in value && 'Value' in value);
    default:
      return []; // json, and what is no more than text
  }
}

type Reference = [where: string, id: string, attribute?: string | undefined];

/** Everything that a part of the template refers to. */
function referencesIn(value: unknown, path = ''): Reference[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => referencesIn(item, `${path}.${index}`));
  if (!isBag(value)) return [];
  if (typeof value.Ref === 'string') return [[path, value.Ref]];
  const got = value['Fn::GetAtt'];
  if (got !== undefined) {
    const [id = '', ...attribute] = Array.isArray(got) ? got.map(String) : String(got).split('.');
    return [[path, id, attribute.join('.')]];
  }
  const text = value['Fn::Sub'];
  if (typeof text === 'string') {
    return [...text.matchAll(/\$\{([\w:]+)(?:\.([\w.]+))?\}/g)].map(([, id = '', attribute]) => [path, id, attribute]);
  }
  return Object.entries(value).flatMap(([key, item]) => {
    if (key === 'DependsOn') return [item].flat().map((id): Reference => [`${path}.${key}`, String(id)]);
    return referencesIn(item, path === '' ? key : `${path}.${key}`);
  });
}

function conditionsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(conditionsIn);
  if (!isBag(value)) return [];
  const chosen = value['Fn::If'];
  return [...(Array.isArray(chosen) ? [String(chosen[0])] : []), ...Object.values(value).flatMap(conditionsIn)];
}

/** Logical ids that wait for each other. */
function circleIn(resources: PackagedTemplate['Resources']): string[] | undefined {
  const needs = new Map(
    Object.entries(resources).map(([id, resource]) => [id, [...new Set(referencesIn(resource).map(([, to]) => to))]]),
  );
  const done = new Set<string>();
  const visit = (id: string, way: string[]): string[] | undefined => {
    if (way.includes(id)) return [...way.slice(way.indexOf(id)), id];
    if (done.has(id)) return undefined;
    for (const next of needs.get(id) ?? []) {
      const found = visit(next, [...way, id]);
      if (found) return found;
    }
    done.add(id);
    return undefined;
  };
  for (const id of needs.keys()) {
    const found = visit(id, []);
    if (found) return found;
  }
  return undefined;
}
