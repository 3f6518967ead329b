import * as v from 'valibot';
import type { Log } from '../base/log.ts';
import { failure } from './failure.ts';

type Options<D, S extends v.GenericSchema> = {
  ready: () => Promise<D>;
  log: Log;
  schema: S;
  run(deps: NoInfer<D>, input: v.InferOutput<S>): Promise<unknown>;
};

/** One Lambda that another function calls, and whose answer it waits for. */
export function invokedHandler<D, S extends v.GenericSchema>({ ready, log, schema, run }: Options<D, S>) {
  return async (event: unknown): Promise<unknown> => {
    try {
      return await run(await ready(), v.parse(schema, event));
    } catch (error) {
      log.error('invocation-failed', failure(error));
      throw error;
    }
  };
}
