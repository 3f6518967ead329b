import type { Task } from './task.ts';

/** Names of the lists of open and closed tasks: of a person, of a destination, of all. */
export const listOf = {
  person: (userId: string, open: boolean) => `person#${userId}#${open ? 'open' : 'closed'}`,
  group: (destination: string, open: boolean) => `group#${destination}#${open ? 'open' : 'closed'}`,
  all: (open: boolean) => `all#${open ? 'open' : 'closed'}`,
};

/** Sorts by due date, then by age; tasks without a due date come last. */
export function orderOf({ due, createdAt, id }: Pick<Task, 'due' | 'createdAt' | 'id'>): string {
  return `${due === undefined ? '~' : new Date(due).toISOString()}#${createdAt}#${id}`;
}

/** When the people of an app, and which destinations, get their daily list. */
export type Digest = { at: string; people?: boolean | undefined; destinations?: string[] | undefined };

/** Who gets a digest: a person of an app, or a destination. */
export type Reader = { app: string; kind: string; who: string };

export function digestIdOf({ app, kind, who }: Reader): string {
  return `digest#${[app, kind, who].map(encodeURIComponent).join('#')}`;
}
