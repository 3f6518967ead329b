import * as v from 'valibot';

/** Who did something, and by which way it came. `id` is a userId, or the name of a key, a source or a job. */
export const By = v.object({
  type: v.picklist(['person', 'key', 'source', 'agent', 'schedule', 'dingtalk']),
  id: v.string(),
  via: v.picklist(['api', 'page', 'card', 'robot', 'schedule']),
});
export type By = v.InferOutput<typeof By>;
