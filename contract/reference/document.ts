import * as v from 'valibot';

// openapi.json as far as the reference reads it.

export type Shape = {
  $ref?: string | undefined;
  type?: string | undefined;
  description?: string | undefined;
  enum?: unknown[] | undefined;
  const?: unknown;
  items?: Shape | undefined;
  anyOf?: Shape[] | undefined;
  oneOf?: Shape[] | undefined;
  properties?: Record<string, Shape> | undefined;
  additionalProperties?: unknown;
  required?: string[] | undefined;
  examples?: unknown[] | undefined;
};

const inner = v.lazy((): v.GenericSchema<Shape> => Shape);
export const Shape: v.GenericSchema<Shape> = v.object({
  $ref: v.optional(v.string()),
  type: v.optional(v.string()),
  description: v.optional(v.string()),
  enum: v.optional(v.array(v.unknown())),
  const: v.optional(v.unknown()),
  items: v.optional(inner),
  anyOf: v.optional(v.array(inner)),
  oneOf: v.optional(v.array(inner)),
  properties: v.optional(v.record(v.string(), inner)),
  additionalProperties: v.optional(v.unknown()),
  required: v.optional(v.array(v.string())),
  examples: v.optional(v.array(v.unknown())),
});

const Content = v.record(v.string(), v.object({ schema: Shape }));
const Example = v.object({ value: v.record(v.string(), v.unknown()) });
const Answer = v.object({
  $ref: v.optional(v.string()),
  description: v.optional(v.string()),
  content: v.optional(Content),
});
const Parameter = v.object({
  name: v.string(),
  in: v.picklist(['path', 'query', 'header']),
  required: v.optional(v.boolean(), false),
  description: v.string(),
  schema: Shape,
});
const Operation = v.object({
  operationId: v.string(),
  tags: v.array(v.string()),
  summary: v.string(),
  description: v.optional(v.string()),
  security: v.optional(v.array(v.record(v.string(), v.array(v.string())))),
  parameters: v.optional(v.array(Parameter), []),
  requestBody: v.optional(
    v.object({
      content: v.object({
        'application/json': v.object({ schema: Shape, examples: v.optional(v.record(v.string(), Example), {}) }),
      }),
    }),
  ),
  responses: v.record(v.string(), Answer),
});
export type Operation = v.InferOutput<typeof Operation>;

export const OpenApi = v.object({
  info: v.object({ title: v.string(), version: v.string(), description: v.string() }),
  tags: v.array(v.object({ name: v.string(), description: v.string() })),
  paths: v.record(v.string(), v.record(v.string(), Operation)),
  components: v.object({
    schemas: v.record(v.string(), Shape),
    responses: v.record(v.string(), v.object({ description: v.string() })),
  }),
});
export type OpenApi = v.InferOutput<typeof OpenApi>;
