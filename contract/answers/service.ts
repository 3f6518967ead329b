import * as v from 'valibot';

/** What GET /health says. */
export const Health = v.object({ status: v.literal('ok') });
