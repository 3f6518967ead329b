import type { Task } from '../../lib/tasks/task.ts';
import { type Html, html } from './html.ts';
import { WORDS, type Words } from './task-words.ts';

/** What people call somebody who has to do with a task. */
export function nameOf({ assignees, participants, creator }: Task, userId: string): string {
  const known = [...assignees, ...participants, ...(creator ? [creator] : [])];
  return known.find((person) => person.userId === userId && person.name !== undefined)?.name ?? userId;
}

const BEIJING = { timeZone: 'Asia/Shanghai', dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' } as const;
const FORMATS = { zh: new Intl.DateTimeFormat('zh-CN', BEIJING), en: new Intl.DateTimeFormat('en-GB', BEIJING) };

/** A moment (ISO 8601) in DingTalk's time zone; the page's script makes it the reader's. */
export function whenPart(at: string, words: Words): Html {
  const format = words === WORDS.zh ? FORMATS.zh : FORMATS.en;
  return html`<time datetime="${at}">${format.format(new Date(at))}</time>`;
}
