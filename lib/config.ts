import * as v from 'valibot';
import { ServiceError } from './errors.ts';

/**
 * Reads a function's whole configuration from the environment.
 * @throws ServiceError `bad_configuration` that lists every bad key and no value.
 */
export function readConfig<S extends v.GenericSchema>(schema: S, env: unknown): Readonly<v.InferOutput<S>> {
  const result = v.safeParse(schema, env);
  if (result.success) return Object.freeze(result.output);
  const keys = result.issues.map((issue) => `${v.getDotPath(issue) ?? '(environment)'} (${issue.type})`);
  throw new ServiceError(`bad configuration: ${[...new Set(keys)].join(', ')}`, {
    code: 'bad_configuration',
    retryable: false,
  });
}
