import type { Content } from '../messages/content.ts';
import { clockOf } from './local-time.ts';
import type { Assignee, HistoryEntry, Task } from './task.ts';

export const STATUS_WORDS: Record<Task['status'], string> = {
  assigned: '待接受 Open',
  accepted: '处理中 In progress',
  done: '已完成 Done',
  declined: '已拒绝 Declined',
  cancelled: '已取消 Cancelled',
  failed: '派发失败 Not dispatched',
};
export const STATE_WORDS: Record<Assignee['state'], string> = {
  assigned: '…',
  accepted: '👌',
  done: '✅',
  declined: '✋',
};

/** What people call a task. */
export function nameOf({ number, title }: Pick<Task, 'number' | 'title'>): string {
  return `#${number} ${title}`;
}

/** A moment as people read it where they are: 2026-01-31 09:30. */
export function when(iso: string, timeZone: string): string {
  const { date, time } = clockOf(Date.parse(iso), timeZone);
  return `${date} ${time}`;
}

/** The message that tells of a new task. */
export function announcement(task: Task, pageUrl: string, timeZone: string): Content {
  const { title, description, due, number } = task;
  const lines = [
    `### 任务 Task #${number}: ${title}`,
    ...(description === undefined ? [] : [description]),
    ...(due === undefined ? [] : [`截止 Due: ${when(due, timeZone)}`]),
    `[打开 Open](${pageUrl})`,
  ];
  return { kind: 'markdown', title: `任务 Task: ${title}`.slice(0, 64), text: lines.join('\n\n') };
}

/** What those get who have not finished yet when a task is due soon. */
export function reminder(task: Task, pageUrl: string, timeZone: string): Content {
  const due = task.due === undefined ? '' : when(task.due, timeZone);
  const lines = [
    `### ⏰ ${nameOf(task)}`,
    `即将到期 Due soon: ${due}`,
    `回复 Reply: **完成 ${task.number}** / **done ${task.number}**`,
    `[打开 Open](${pageUrl})`,
  ];
  return { kind: 'markdown', title: `⏰ ${task.title}`.slice(0, 64), text: lines.join('\n\n') };
}

/** A day's list of what is open, what is due first first. */
export function digest(open: Task[], urlOf: (task: Task) => string, more: boolean, timeZone: string): Content {
  const title = `📋 ${open.length}${more ? '+' : ''} 个待办任务 open tasks`;
  const lines = open.map((task) => {
    const due =
      task.due === undefined ? '' : ` · ${task.overdueSince === undefined ? '' : '⏰ '}${when(task.due, timeZone)}`;
    return `- [${nameOf(task)}](${urlOf(task)})${due}`;
  });
  return { kind: 'markdown', title, text: `### ${title}\n\n${lines.join('\n')}${more ? '\n- …' : ''}` };
}

/** The message that tells what became of a task. */
export function news(task: Task, entry: HistoryEntry, pageUrl: string): Content {
  const { title } = task;
  const why = entry.comment === undefined ? '' : `\n\n> ${entry.comment.replaceAll('\n', '\n> ')}`;
  const text = `**${nameOf(task)}**\n\n${wordsFor(task, entry)}${why}\n\n[打开 Open](${pageUrl})`;
  return { kind: 'markdown', title: `任务 Task: ${title}`.slice(0, 64), text };
}

function wordsFor(task: Task, { action, status, assignee, by }: HistoryEntry): string {
  const name = (userId: string) => task.assignees.find((one) => one.userId === userId)?.name ?? userId;
  const who = name(assignee ?? by);
  if (status === 'done') return '✅ 已完成 Done';
  if (status === 'declined') return '⛔ 无人接手,请重新指派 Nobody is left to do it: assign it anew';
  switch (action) {
    case 'cancelled':
      return '🚫 已取消 Cancelled';
    case 'overdue':
      return '⏰ 已逾期 Overdue';
    case 'reopened':
      return '🔁 重新打开 Open again';
    case 'people':
      return '👥 负责人有变化 Other assignees';
    case 'accepted':
      return `👌 ${who} 已接受 accepted it`;
    case 'done':
      return `☑️ ${who} 已完成 is done`;
    case 'declined':
      return `✋ ${who} 已拒绝 declined it`;
    case 'resumed':
      return `↩️ ${who} 重新处理 takes it up again`;
    default:
      return '✏️ 有更新 Changed';
  }
}
