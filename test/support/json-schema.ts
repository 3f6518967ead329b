import fc from './property.ts';

/** As much of JSON Schema as our schemas use. */
export type JsonSchema = {
  $ref?: string;
  allOf?: JsonSchema[];
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
};

/** The schema with what it refers to in place of the names. */
export function inlined(schema: JsonSchema, components: Record<string, JsonSchema>): JsonSchema {
  const text = JSON.stringify(schema, (_, value) => {
    const name = typeof value?.$ref === 'string' ? value.$ref.split('/').at(-1) : undefined;
    return name === undefined ? value : { ...inlined(components[name] ?? {}, components), ...value, $ref: undefined };
  });
  return JSON.parse(text);
}

/** Values that a schema takes; with `noise`, one in eight of their parts is anything at all. */
export function valuesOf(schema: JsonSchema, noise: boolean): fc.Arbitrary<unknown> {
  const right = rightValues(schema, noise);
  return noise ? fc.oneof({ arbitrary: right, weight: 7 }, { arbitrary: fc.jsonValue(), weight: 1 }) : right;
}

function rightValues(schema: JsonSchema, noise: boolean): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.type === 'object') return objects(schema, noise);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return fc.oneof(...branches.map((branch) => valuesOf(branch, noise)));
  if (schema.type === 'string') return strings(schema);
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer') return fc.integer({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000_000 });
  if (schema.type === 'number') {
    return fc.double({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000_000, noNaN: true });
  }
  if (schema.type === 'null') return fc.constant(null);
  if (schema.type === 'array' && schema.items) {
    const minLength = schema.minItems ?? 0;
    return fc.array(valuesOf(schema.items, noise), { minLength, maxLength: Math.max(minLength, 3) });
  }
  return fc.jsonValue();
}

/** The members that are required, and some others; of `oneOf: [{required: [a]}, …]` one is there. */
function objects({ properties = {}, required = [], oneOf = [], additionalProperties }: JsonSchema, noise: boolean) {
  const choices = oneOf.flatMap((choice) => choice.required ?? []);
  // a member that is a text and a number at once stands for one that must not be there
  const never = (name: string) => !noise && properties[name]?.allOf !== undefined;
  const free = Object.keys(properties).filter(
    (name) => !required.includes(name) && !choices.includes(name) && !never(name),
  );
  const chosen = choices.length === 0 ? fc.constant([]) : fc.constantFrom(...choices).map((name) => [name]);
  const others = typeof additionalProperties === 'object' && free.length + required.length === 0;
  if (others) return fc.dictionary(fc.string(), valuesOf(additionalProperties, noise), { maxKeys: 3 });
  return fc.tuple(chosen, fc.subarray(free)).chain(([one, some]) => {
    const names = [...required, ...one, ...some];
    return fc.record(Object.fromEntries(names.map((name) => [name, valuesOf(properties[name] ?? {}, noise)])));
  });
}

function strings({ pattern, format, minLength = 0, maxLength = 200 }: JsonSchema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'));
  if (format === 'uri') return fc.webUrl();
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString());
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) });
}
