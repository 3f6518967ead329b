import { type Html, html } from '../../base/html.ts';
import type { Language } from '../../base/page-frame.ts';
import type { Task } from '../task.ts';

/** What people call somebody who has to do with a task. */
export function nameOf({ assignees, participants, creator }: Task, userId: string): string {
  const known = [...assignees, ...participants, ...(creator ? [creator] : [])];
  return known.find((person) => person.userId === userId && person.name !== undefined)?.name ?? userId;
}

const LOCALES = { zh: 'zh-CN', en: 'en-GB' } as const;

/** Writes moments (ISO 8601) as clocks there show them; the page's script makes them the reader's own. */
export function clockOf(language: Language, timeZone: string): (at: string) => Html {
  const how = { timeZone, dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat(LOCALES[language], how);
  return (at) => html`<time datetime="${at}">${format.format(new Date(at))}</time>`;
}
