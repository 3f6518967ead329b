import * as v from 'valibot';

/** Whether a request is only tried: `?dryRun=true`. */
export const DryRun = v.strictObject({
  dryRun: v.optional(
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform((word) => word === 'true'),
    ),
    'false',
  ),
});
export type DryRun = v.InferOutput<typeof DryRun>;
