import { type Html, html, type Part } from '../../base/html.ts';
import type { Language } from '../../base/language.ts';
import { type Opened, page } from '../../base/page-frame.ts';
import { timeIn, zoneName } from '../../base/people/time-part.ts';
import type { Visitor } from '../../base/visitor/visitor.ts';
import { isClosed } from '../life-cycle.ts';
import { personName } from '../names.ts';
import type { Task } from '../task.ts';
import { WORDS } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import { historyPart } from './task-history.ts';

/** What a page shows, and to which reader. */
export type TaskPageView = {
  task: Task;
  /** The userId of who looks; undefined: the link only shows the task. */
  viewer?: string | undefined;
  /** How they are known, sent again with each tap. */
  visitor: Pick<Visitor, 'address' | 'form'>;
  language: Language;
  now: number;
  /** Why the last tap changed nothing, and its comment. */
  unsaid?:
    | { why: keyof Words['page']['unsaved']; comment: string }
    | { why: 'too_fast'; comment: string; againInS: number }
    | undefined;
};

/** Characters of a comment. */
export const MAX_COMMENT = 1000;
/** This many people are shown; the others unfold. */
const PEOPLE_SHOWN = 12;

/** The task as its reader sees it. */
export function taskPage(view: TaskPageView, status = 200): Opened {
  const { task, language } = view;
  const { timeZone, sender } = task; // the zone is for a browser that runs no script
  const words = WORDS[language];
  const when = timeIn(timeZone);
  const body = html`${topPart(view, words)}
<h1 dir="auto"><bdi>${task.title}</bdi></h1>
${noticePart(view, words)}${standingPart(view, words)}${detailsPart(task, words, when)}${filesPart(task, words)}
${tapsPart(view, words)}${peoplePart(view, words)}${historyPart(task, { words, when, sender })}
<p class="zone">${words.page.zone} <b>${zoneName(timeZone, language, view.now)}</b></p>`;
  return page(status, { language, title: `${task.title} · ${words.status[task.status]}`, body, sender });
}

function topPart({ task, visitor, language, now }: TaskPageView, words: Words): Html {
  const late = !isClosed(task) && (task.overdueSince !== undefined || (task.due && Date.parse(task.due) < now));
  const other = language === 'zh' ? 'en' : 'zh';
  const address = new URLSearchParams({ ...visitor.address, lang: other });
  return html`<div class="top"><span>#${task.number}</span>
<span class="mark ${task.status}">${words.status[task.status]}</span>
${late ? html`<span class="mark overdue">${words.status.overdue}</span>` : undefined}
<a href="${task.id}?${address.toString()}" hreflang="${other}" lang="${other}">${words.page.otherLanguage}</a></div>`;
}

/** Why a tap changed nothing, with the comment, unless the form below shows it. */
function noticePart(view: TaskPageView, words: Words): Part {
  const { unsaid } = view;
  if (!unsaid) return undefined;
  const why = unsaid.why === 'too_fast' ? words.page.tooFast(unsaid.againInS) : words.page.unsaved[unsaid.why];
  const kept =
    unsaid.comment === '' || tapsOf(view).length > 0
      ? undefined
      : html`<label for="unsent">${words.page.unsent}</label>
<textarea id="unsent" readonly dir="auto">
${unsaid.comment}</textarea>`;
  return html`<div class="note bad" role="alert"><p>${why}</p>${kept}</div>`;
}

/** One sentence about what the reader can do. */
function standingPart({ task, viewer }: TaskPageView, { page: words }: Words): Html {
  const { status, number } = task;
  if (status === 'done' || status === 'cancelled' || status === 'failed') return note(words.closed[status]);
  if (viewer === undefined) return note(words.onlyShows(number));
  const own = task.assignees.find(({ userId }) => userId === viewer);
  return note(own ? words.yours[own.state] : words.watching);
}

function note(text: string): Html {
  return html`<p class="note">${text}</p>`;
}

type Tap = keyof Words['step'];

/** What the reader may do now. */
function tapsOf({ task, viewer }: TaskPageView): Tap[] {
  const own = task.assignees.find(({ userId }) => userId === viewer);
  if (!own || task.status === 'cancelled' || task.status === 'failed') return [];
  if (own.state === 'done') return ['resume'];
  if (task.status === 'done') return [];
  if (own.state === 'accepted') return ['done', 'decline'];
  return own.state === 'declined' ? ['accept', 'done'] : ['accept', 'done', 'decline'];
}

function tapsPart(view: TaskPageView, words: Words): Part {
  const taps = tapsOf(view);
  if (taps.length === 0) return undefined;
  const { task, visitor, language, unsaid } = view;
  const hidden = Object.entries({ ...visitor.form, lang: language });
  return html`<section><form method="post" action="${task.id}">
${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<label for="comment">${words.page.comment}</label>
<textarea id="comment" name="comment" maxlength="${MAX_COMMENT}" dir="auto">
${unsaid?.comment}</textarea>
<div class="buttons">${taps.map((tap) => html`<button class="${tap}" name="action" value="${tap}">${words.step[tap]}</button>`)}</div>
</form></section>`;
}

function detailsPart(task: Task, words: Words, when: (at: string) => Html): Html {
  const facts: [string, Part][] = [
    [words.due, task.due === undefined ? undefined : when(task.due)],
    [words.field.priority, task.priority && words.priority[task.priority]],
    [words.page.creator, task.creator && html`<bdi>${personName(task, task.creator.userId, words)}</bdi>`],
    [words.page.details, task.description],
  ];
  const shown = facts.filter(([, fact]) => fact !== undefined && fact !== '');
  if (shown.length === 0) return html``;
  return html`<section><dl>${shown.map(([term, fact]) => html`<div><dt>${term}</dt><dd dir="auto">${fact}</dd></div>`)}</dl></section>`;
}

function peoplePart({ task, viewer }: TaskPageView, words: Words): Html {
  const done = task.assignees.filter(({ state }) => state === 'done').length;
  const sorted = [...task.assignees].sort((a, b) => Number(b.userId === viewer) - Number(a.userId === viewer));
  const people = sorted.map(({ userId, state }) => {
    const you = userId === viewer ? html`<small>${words.page.you}</small>` : undefined;
    const mark = html`<span class="mark ${state}">${words.state[state]}</span>`;
    return html`<li><span><bdi>${personName(task, userId, words)}</bdi>${you}</span>${mark}</li>`;
  });
  const list = (part: Part[]) => html`<ul class="people">${part}</ul>`;
  const rest = people.slice(PEOPLE_SHOWN);
  return html`<section><h2>${words.page.people} · ${words.page.doneOf(done, people.length)}</h2>
${people.length > 1 ? html`<p><small>${words.completion[task.completion]}</small></p>` : undefined}
${list(people.slice(0, PEOPLE_SHOWN))}
${rest.length > 0 ? html`<details><summary>+ ${rest.length}</summary>${list(rest)}</details>` : undefined}</section>`;
}

/** The task's link, and the data of its caller. */
function filesPart({ url, data }: Task, words: Words): Part {
  const given = Object.entries(data ?? {});
  if (url === undefined && given.length === 0) return undefined;
  const rows: [string, unknown][] = [
    ...(url === undefined ? [] : [[words.page.link, url] satisfies [string, string]]),
    ...given,
  ];
  return html`<section><h2>${words.page.files}</h2><dl>${rows.map(
    ([name, value]) => html`<div><dt><bdi>${name}</bdi></dt><dd dir="auto">${valuePart(value)}</dd></div>`,
  )}</dl></section>`;
}

/** An address is a link, anything else is text. */
function valuePart(value: unknown): Part {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  const linked = /^(https?|dingtalk):\/\//i.test(text) && URL.canParse(text);
  return linked ? html`<a href="${text}" rel="noopener noreferrer">${text}</a>` : text;
}
