import * as v from 'valibot';
import type { Scope } from '../lib/base/access.ts';
import type { Fault } from '../lib/base/errors.ts';

/** Where in a request something is named; of a list, each item. */
type Place = `path.${string}` | `query.${string}` | `body.${string}`;

/** What a request names, and with it reaches. */
export type Reach = {
  destinations?: readonly Place[];
  /** People beside destinations: they get to-dos and messages of their own. */
  people?: readonly Place[];
  /** People whom a message names in its destinations, which they belong to. */
  mentions?: readonly Place[];
  /** A request that names none means the default app. */
  apps?: readonly Place[];
  /** Conversations and robots of DingTalk, by its own ids. */
  groups?: readonly Place[];
  /** Messages, tasks and shares by their id. */
  records?: readonly Place[];
  /** Files: in DingTalk's media store, or behind a download link. */
  objects?: readonly Place[];
  /** Shows what belongs to every destination, so that a key for certain ones does not reach it. */
  all?: true;
  /** Says where a name leads, which a key for certain destinations leaves as it is. */
  targets?: true;
};

/** What a request brings, and how it is read. */
export type Input<S extends v.GenericSchema = v.GenericSchema, T = v.InferOutput<S>> = {
  schema: S;
  read(given: unknown): { value: T } | Fault[];
};

export type Route = {
  /** The scope that a key needs; `key`: any key; `none`: the route is open, or its function has a proof of its own. */
  needs: Scope | 'key' | 'none';
  reaches: Reach;
  query?: Input;
  body?: Input;
};
export type Routes = Record<string, Route>;

/** A query of texts only: nothing in it can be wrong. */
export function texts<S extends v.GenericSchema>(schema: S): Input<S> {
  return { schema, read: (given) => ({ value: v.parse(schema, given) }) };
}
