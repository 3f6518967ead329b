import { type Html, html, type Part } from '../../base/html.ts';
import { actorName, personName } from '../names.ts';
import type { HistoryEntry, Task } from '../task.ts';
import type { Words } from '../words/zh.ts';

/** This many lines are shown; the older ones unfold. */
const LINES_SHOWN = 10;

/** Who did what, through which channel and when, newest first. */
export function historyPart(task: Task, how: How): Html {
  const { words } = how;
  const lines = task.history.toReversed().map((entry) => linePart(task, entry, how));
  const older = lines.slice(LINES_SHOWN);
  return html`<section><h2>${words.page.history}</h2><ol>${lines.slice(0, LINES_SHOWN)}</ol>
${older.length > 0 ? html`<details><summary>${words.page.older(older.length)}</summary><ol>${older}</ol></details>` : undefined}</section>`;
}

/** The reader's words and times, and the app that stands for keys. */
type How = { words: Words; when: (at: string) => Html; sender: string };

function linePart(task: Task, entry: HistoryEntry, { words, when, sender }: How): Html {
  const { by, via, action, at, comment, changed = [], assignee = by } = entry;
  const labels: Record<string, string> = words.field;
  const fields = changed.map((field) => (action === 'people' ? personPart(task, field, words) : labels[field]));
  const what = fields.map((field, index) => html`${index === 0 ? words.list.before : words.list.between}${field}`);
  const said = comment ? html`<blockquote dir="auto">${comment}</blockquote>` : undefined;
  const named = (id: string) => html`<bdi>${actorName(task, id, { words, sender })}</bdi>`;
  // who dispatched a task is its creator, whichever system did it for them
  const doer = action === 'assigned' && task.creator ? task.creator.userId : assignee;
  const subject = by === 'schedule' ? undefined : html`${named(doer)} `;
  return html`<li><div>${subject}${words.did[action]}${what}</div>${said}
<small>${when(at)} · ${words.via[via]}${assignee === by ? undefined : html` · ${named(by)}`}</small></li>`;
}

/** `+userId` was added, `-userId` removed. */
function personPart(task: Task, change: string, words: Words): Part {
  return html`${change.slice(0, 1)} <bdi>${personName(task, change.slice(1), words)}</bdi>`;
}
