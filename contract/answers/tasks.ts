import * as v from 'valibot';
import { followedEntries, taskEntries } from '../records/tasks.ts';

export const TaskLinks = v.object({
  self: v.string(),
  message: v.optional(v.string()),
  page: v.string(),
  pages: v.optional(v.record(v.string(), v.string())),
});

export const TaskView = v.object({ ...taskEntries, ...followedEntries, links: TaskLinks });
export type TaskView = v.InferOutput<typeof TaskView>;

export const TaskList = v.object({ tasks: v.array(TaskView), cursor: v.optional(v.string()) });
export type TaskList = v.InferOutput<typeof TaskList>;
