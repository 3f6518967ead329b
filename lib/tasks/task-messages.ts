import { inBoth } from '../base/language.ts';
import type { Content } from '../messages/content.ts';
import { clockOf } from './local-time.ts';
import { personName, taskName } from './names.ts';
import type { HistoryEntry, Task } from './task.ts';
import { WORDS } from './words/words.ts';
import type { Words } from './words/zh.ts';

const MAX_TITLE = 64;

/** A text of the words lists in both languages. */
export function words(of: (words: Words) => string): string {
  return inBoth(WORDS, of);
}

/** A time as people read it where they are: 2026-01-31 09:30. */
export function when(iso: string, timeZone: string): string {
  const { date, time } = clockOf(Date.parse(iso), timeZone);
  return `${date} ${time}`;
}

/** The message about a new task. */
export function announcement(task: Task, pageUrl: string, timeZone: string): Content {
  const { title, description, due, number } = task;
  const lines = [
    `### ${words((w) => w.task)} #${number}: ${title}`,
    ...(description === undefined ? [] : [description]),
    ...(due === undefined ? [] : [`${words((w) => w.due)}: ${when(due, timeZone)}`]),
  ];
  return markdown(`${words((w) => w.task)}: ${title}`, lines, pageUrl);
}

/** The message to those who have not finished yet when a task is due soon. */
export function reminder(task: Task, pageUrl: string, timeZone: string): Content {
  const { due, number, title } = task;
  const lines = [
    `### ⏰ ${taskName(task)}`,
    `${words((w) => w.message.dueSoon)}: ${due === undefined ? '' : when(due, timeZone)}`,
    `${words((w) => w.message.reply)}: **${WORDS.zh.step.done} ${number}** / **done ${number}**`,
  ];
  return markdown(`⏰ ${title}`, lines, pageUrl);
}

/** A day's list of open tasks, sorted by due date, earliest first. */
export function digest(open: Task[], urlOf: (task: Task) => string, more: boolean, timeZone: string): Content {
  const title = `📋 ${open.length}${more ? '+' : ''} ${words((w) => w.message.openTasks)}`;
  const lines = open.map((task) => {
    const late = task.overdueSince === undefined ? '' : '⏰ ';
    const due = task.due === undefined ? '' : ` · ${late}${when(task.due, timeZone)}`;
    return `- [${taskName(task)}](${urlOf(task)})${due}`;
  });
  return { kind: 'markdown', title, text: `### ${title}\n\n${lines.join('\n')}${more ? '\n- …' : ''}` };
}

/** The message about a change of a task. */
export function news(task: Task, entry: HistoryEntry, pageUrl: string): Content {
  const { comment } = entry;
  const quote = comment === undefined ? [] : [`> ${comment.replaceAll('\n', '\n> ')}`];
  const lines = [`**${taskName(task)}**`, changeIn(task, entry), ...quote];
  return markdown(`${words((w) => w.task)}: ${task.title}`, lines, pageUrl);
}

function markdown(title: string, lines: string[], pageUrl: string): Content {
  const link = `[${words((w) => w.message.open)}](${pageUrl})`;
  return { kind: 'markdown', title: title.slice(0, MAX_TITLE), text: [...lines, link].join('\n\n') };
}

const MARKS: Partial<Record<HistoryEntry['action'], string>> = {
  accepted: '👌',
  done: '☑️',
  declined: '✋',
  resumed: '↩️',
};

function changeIn(task: Task, { action, status, assignee, by }: HistoryEntry): string {
  if (status === 'done') return `✅ ${words((w) => w.status.done)}`;
  if (status === 'declined') return `⛔ ${words((w) => w.message.noOneLeft)}`;
  if (action === 'cancelled') return `🚫 ${words((w) => w.status.cancelled)}`;
  if (action === 'overdue') return `⏰ ${words((w) => w.status.overdue)}`;
  if (action === 'reopened') return `🔁 ${words((w) => w.message.reopened)}`;
  if (action === 'people') return `👥 ${words((w) => w.message.people)}`;
  const mark = MARKS[action];
  if (mark === undefined) return `✏️ ${words((w) => w.message.changed)}`;
  return `${mark} ${personName(task, assignee ?? by)} ${words((w) => w.did[action])}`;
}
