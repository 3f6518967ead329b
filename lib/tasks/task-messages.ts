import type { Language } from '../base/language.ts';
import { when } from '../base/people/local-time.ts';
import type { Content } from '../messages/content.ts';
import { asLine, asMarkdown } from '../messages/text/plain.ts';
import { shortTitle } from '../messages/text/tokens.ts';
import { personName, taskName } from './names.ts';
import type { HistoryEntry, Task } from './task.ts';
import { WORDS } from './words/words.ts';
import type { Words } from './words/zh.ts';

const MAX_TITLE = 64;
/** This many assignees are named in a message. */
const NAMED = 10;

/** How the readers of a message write: their language and their time zone. */
export type Readers = { language: Language; timeZone: string };

/** The message about a new task. */
export function announcement(task: Task, pageUrl: string, readers: Readers): Content {
  const { title, description, due, number } = task;
  const words = WORDS[readers.language];
  const lines = [
    `### ${words.message.task(number, asLine(title))}`,
    ...(description === undefined ? [] : [asMarkdown(description)]),
    ...(due === undefined ? [] : [words.message.due(when(due, readers.timeZone))]),
    peopleOf(task, words),
  ];
  return markdown(words.message.titled(title), lines, { pageUrl, words });
}

/** Who is to do it; many are only counted. */
function peopleOf(task: Task, words: Words): string {
  const names = task.assignees.slice(0, NAMED).map(({ userId }) => asLine(personName(task, userId, words)));
  return words.message.assignees(names.join(words.list.between), task.assignees.length - names.length);
}

/** The message to those who have not finished yet when a task is due soon. */
export function reminder(task: Task, pageUrl: string, readers: Readers): Content {
  const { due, number, title } = task;
  const words = WORDS[readers.language];
  const lines = [
    `### ⏰ ${nameInMarkdown(task)}`,
    ...(due === undefined ? [] : [words.message.dueSoon(when(due, readers.timeZone))]),
    words.message.reply(number),
  ];
  return markdown(`⏰ ${title}`, lines, { pageUrl, words });
}

/** A day's list of open tasks, sorted by due date, earliest first. */
export function digest(open: Task[], urlOf: (task: Task) => string, more: boolean, readers: Readers): Content {
  const title = `📋 ${WORDS[readers.language].message.openTasks(open.length, more)}`;
  const lines = open.map((task) => {
    const late = task.overdueSince === undefined ? '' : '⏰ ';
    const due = task.due === undefined ? '' : ` · ${late}${when(task.due, readers.timeZone)}`;
    return `- [${nameInMarkdown(task)}](${urlOf(task)})${due}`;
  });
  return { kind: 'markdown', title, text: `### ${title}\n\n${lines.join('\n')}${more ? '\n- …' : ''}` };
}

/** The message about a change of a task. */
export function news(task: Task, entry: HistoryEntry, pageUrl: string, { language }: Readers): Content {
  const { comment } = entry;
  const words = WORDS[language];
  const quote = comment === undefined ? [] : [`> ${asMarkdown(comment).replaceAll('\n', '\n> ')}`];
  const lines = [`**${nameInMarkdown(task)}**`, changeIn(task, entry, words), ...quote];
  return markdown(words.message.titled(task.title), lines, { pageUrl, words });
}

function markdown(title: string, lines: string[], { pageUrl, words }: { pageUrl: string; words: Words }): Content {
  const link = `[${words.message.open}](${pageUrl})`;
  return { kind: 'markdown', title: shortTitle(title, MAX_TITLE), text: [...lines, link].join('\n\n') };
}

function nameInMarkdown({ number, title }: Task): string {
  return taskName({ number, title: asLine(title) });
}

const MARKS: Partial<Record<HistoryEntry['action'], string>> = {
  accepted: '👌',
  done: '☑️',
  declined: '✋',
  resumed: '↩️',
};

function changeIn(task: Task, { action, status, assignee, by }: HistoryEntry, words: Words): string {
  if (status === 'done') return `✅ ${words.status.done}`;
  if (status === 'declined') return `⛔ ${words.message.noOneLeft}`;
  if (action === 'cancelled') return `🚫 ${words.status.cancelled}`;
  if (action === 'overdue') return `⏰ ${words.status.overdue}`;
  if (action === 'reopened') return `🔁 ${words.message.reopened}`;
  if (action === 'people') return `👥 ${words.message.people}`;
  const mark = MARKS[action];
  if (mark === undefined) return `✏️ ${words.message.changed}`;
  return `${mark} ${asLine(personName(task, assignee ?? by, words))} ${words.did[action]}`;
}
