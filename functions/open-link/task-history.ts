import type { HistoryEntry, Task } from '../../lib/tasks/task.ts';
import { type Html, html, type Part } from './html.ts';
import { nameOf, whenPart } from './task-part.ts';
import type { Words } from './task-words.ts';

/** So many lines are shown at once; the older ones unfold. */
const LINES_SHOWN = 10;

/** Who did what, by which way and when, the newest first. */
export function historyPart({ task }: { task: Task }, words: Words): Html {
  const lines = task.history.toReversed().map((entry) => linePart(task, entry, words));
  const older = lines.slice(LINES_SHOWN);
  return html`<section><h2>${words.history}</h2><ol>${lines.slice(0, LINES_SHOWN)}</ol>
${older.length > 0 ? html`<details><summary>${words.older(older.length)}</summary><ol>${older}</ol></details>` : undefined}</section>`;
}

function linePart(task: Task, { by, via, action, at, comment, changed }: HistoryEntry, words: Words): Html {
  const fields = (changed ?? []).map((field) =>
    action === 'people' ? personPart(task, field) : (words.field[field] ?? field),
  );
  const what = fields.map((field, index) => html`${index === 0 ? ': ' : ', '}${field}`);
  const said = comment ? html`<blockquote dir="auto">${comment}</blockquote>` : undefined;
  return html`<li><div>${actorPart(task, by)}${words.did[action]}${what}</div>${said}
<small>${whenPart(at, words)} · ${words.via[via]}</small></li>`;
}

/** A person by name, an API key by its own; what nobody did, the schedule noticed. */
function actorPart(task: Task, by: string): Part {
  if (by === 'schedule') return undefined;
  return html`<bdi>${by.startsWith('key:') ? by.slice(4) : nameOf(task, by)}</bdi> `;
}

/** `+userId` came, `-userId` went. */
function personPart(task: Task, change: string): Part {
  return html`${change.slice(0, 1)} <bdi>${nameOf(task, change.slice(1))}</bdi>`;
}
