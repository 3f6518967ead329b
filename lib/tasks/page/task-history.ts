import { type Html, html, type Part } from '../../base/html.ts';
import { personName } from '../names.ts';
import type { HistoryEntry, Task } from '../task.ts';
import type { Words } from '../words/zh.ts';

/** This many lines are shown; the older ones unfold. */
const LINES_SHOWN = 10;

/** Who did what, through which channel and when, newest first. */
export function historyPart(task: Task, words: Words, when: (at: string) => Html): Html {
  const lines = task.history.toReversed().map((entry) => linePart(task, entry, words, when));
  const older = lines.slice(LINES_SHOWN);
  return html`<section><h2>${words.page.history}</h2><ol>${lines.slice(0, LINES_SHOWN)}</ol>
${older.length > 0 ? html`<details><summary>${words.page.older(older.length)}</summary><ol>${older}</ol></details>` : undefined}</section>`;
}

function linePart(task: Task, entry: HistoryEntry, words: Words, when: (at: string) => Html): Html {
  const { by, via, action, at, comment, changed = [], assignee = by } = entry;
  const labels: Record<string, string> = words.field;
  const fields = changed.map((field) => (action === 'people' ? personPart(task, field) : (labels[field] ?? field)));
  const what = fields.map((field, index) => html`${index === 0 ? ': ' : ', '}${field}`);
  const said = comment ? html`<blockquote dir="auto">${comment}</blockquote>` : undefined;
  const actor = html`<bdi>${actorOf(task, by)}</bdi>`;
  const subject = by === 'schedule' ? undefined : html`<bdi>${actorOf(task, assignee)}</bdi> `;
  return html`<li><div>${subject}${words.did[action]}${what}</div>${said}
<small>${when(at)} · ${words.via[via]}${assignee === by ? undefined : html` · ${actor}`}</small></li>`;
}

/** The name of a person or of an API key. */
function actorOf(task: Task, by: string): string {
  if (by === 'dingtalk') return 'DingTalk';
  return by.startsWith('key:') ? by.slice(4) : personName(task, by);
}

/** `+userId` was added, `-userId` removed. */
function personPart(task: Task, change: string): Part {
  return html`${change.slice(0, 1)} <bdi>${personName(task, change.slice(1))}</bdi>`;
}
