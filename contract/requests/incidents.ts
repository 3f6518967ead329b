import * as v from 'valibot';
import { Cursor, Limit } from '../values.ts';

export const ListIncidents = v.strictObject({ limit: v.optional(Limit), cursor: v.optional(Cursor) });
export type ListIncidents = v.InferOutput<typeof ListIncidents>;
