import * as v from 'valibot';

/** Where a record is. */
export const Links = v.object({ self: v.string() });
