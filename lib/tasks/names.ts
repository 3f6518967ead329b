import type { Person, Task } from './task.ts';

type People = Pick<Task, 'assignees' | 'participants' | 'creator'>;

/** What people call a task. */
export function taskName({ number, title }: Pick<Task, 'number' | 'title'>): string {
  return `#${number} ${title}`;
}

/** What people call a person of a task. */
export function personName(task: People, userId: string): string {
  return peopleOf(task).find((person) => person.userId === userId && person.name !== undefined)?.name ?? userId;
}

/** Whether a person may see a task; to others it does not exist. */
export function isConcerned(task: People, userId: string): boolean {
  return peopleOf(task).some((person) => person.userId === userId);
}

function peopleOf({ assignees, participants, creator }: People): Person[] {
  return [...assignees, ...participants, ...(creator ? [creator] : [])];
}
