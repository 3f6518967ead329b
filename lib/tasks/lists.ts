import type { Task } from './task.ts';

/** The lists of tasks that somebody, a destination or everybody has, and of those that are over. */
export const listOf = {
  person: (userId: string, open: boolean) => `person#${userId}#${open ? 'open' : 'closed'}`,
  group: (destination: string, open: boolean) => `group#${destination}#${open ? 'open' : 'closed'}`,
  all: (open: boolean) => `all#${open ? 'open' : 'closed'}`,
};

/** By due time, then by age; what has no due time comes last. */
export function orderOf({ due, createdAt, id }: Pick<Task, 'due' | 'createdAt' | 'id'>): string {
  return `${due === undefined ? '~' : new Date(due).toISOString()}#${createdAt}#${id}`;
}

/** When an app's people get their day's list, and which destinations get theirs. */
export type Digest = { at: string; people?: boolean | undefined; destinations?: string[] | undefined };

/** Somebody who is to get digests: a person of an app, or a destination. */
export type Reader = { app: string; kind: string; who: string };

export function digestIdOf({ app, kind, who }: Reader): string {
  return `digest#${[app, kind, who].map(encodeURIComponent).join('#')}`;
}
