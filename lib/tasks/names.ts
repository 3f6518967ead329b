import type { Person, Task } from './task.ts';
import type { Words } from './words/zh.ts';

type People = Pick<Task, 'assignees' | 'participants' | 'creator'>;

/** What people call a task. */
export function taskName({ number, title }: Pick<Task, 'number' | 'title'>): string {
  return `#${number} ${title}`;
}

/** What people call a person of a task; of one who was taken off it, nothing but that is known. */
export function personName(task: People, userId: string, { who }: Pick<Words, 'who'>): string {
  const found = peopleOf(task).filter((person) => person.userId === userId);
  if (found.length === 0) return who.someone;
  return found.find(({ name }) => name)?.name ?? userId;
}

/** Who did something: a person, DingTalk, or the app in whose name a key acts. People never read the name of a key. */
export function actorName(task: People, by: string, { words, sender }: { words: Words; sender: string }): string {
  if (by === 'dingtalk') return words.who.dingtalk;
  return by.startsWith('key:') || by === 'schedule' ? sender : personName(task, by, words);
}

/** Whether a person may see a task; to others it does not exist. */
export function isConcerned(task: People, userId: string): boolean {
  return peopleOf(task).some((person) => person.userId === userId);
}

function peopleOf({ assignees, participants, creator }: People): Person[] {
  return [...assignees, ...participants, ...(creator ? [creator] : [])];
}
