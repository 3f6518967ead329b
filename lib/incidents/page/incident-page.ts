import { type Html, html, type Part } from '../../base/html.ts';
import type { Language } from '../../base/language.ts';
import { type Opened, page } from '../../base/page-frame.ts';
import { timeIn, zoneName } from '../../base/people/time-part.ts';
import type { Visitor } from '../../base/visitor/visitor.ts';
import { type Incident, toldOf } from '../incident.ts';
import { personName } from '../names.ts';
import { WORDS } from '../words/words.ts';
import type { Words } from '../words/zh.ts';

/** What a page shows, and to which reader. */
export type IncidentPageView = {
  incident: Incident;
  /** Undefined: the link only shows the incident. */
  viewer: string | undefined;
  /** How they are known, sent again with each tap. */
  visitor: Pick<Visitor, 'address' | 'form'>;
  language: Language;
  now: number;
  /** The last tap was too fast, and when the next one is not. */
  againInS?: number;
};

/** Where a source's people are not known yet. */
const ZONE = 'Asia/Shanghai';
/** The looks of a state, which are those of tasks. */
const LOOKS = { firing: 'overdue', taken: 'assigned', silenced: 'assigned', resolved: 'done' } as const;

/** The incident as its reader sees it. */
export function incidentPage(view: IncidentPageView, status = 200): Opened {
  const { incident, language, againInS } = view;
  const { timeZone = ZONE, sender, title, state } = incident;
  const words = WORDS[language];
  const when = timeIn(timeZone);
  const fast = againInS === undefined ? undefined : words.page.tooFast(againInS);
  const body = html`${topPart(view, words)}
<h1 dir="auto"><bdi>${title}</bdi></h1>
${fast && html`<div class="note bad" role="alert"><p>${fast}</p></div>`}<p class="note">${standingOf(view, words)}</p>
${tapsPart(view, words)}
${factsPart(incident, words, when)}
${historyPart(incident, words, when)}
<p class="zone">${words.page.zone} <b>${zoneName(timeZone, language, view.now)}</b></p>`;
  return page(status, { language, title: `${title} · ${words.state[state]}`, body, sender });
}

function topPart({ incident, visitor, language }: IncidentPageView, words: Words): Html {
  const other = language === 'zh' ? 'en' : 'zh';
  const address = new URLSearchParams({ ...visitor.address, lang: other });
  return html`<div class="top"><span>${incident.code}</span>
<span class="mark ${LOOKS[incident.state]}">${words.state[incident.state]}</span>
<a href="${incident.id}?${address.toString()}" hreflang="${other}" lang="${other}">${words.page.otherLanguage}</a></div>`;
}

/** One sentence about how it stands, or what the reader can do. */
function standingOf({ incident, viewer }: IncidentPageView, { page: say }: Words): string {
  const { taken, silenced, state, code } = incident;
  if (state === 'resolved') return say.over;
  if (taken && taken.userId !== viewer) return say.theirs(personName(incident, taken.userId));
  if (silenced) return say.quiet;
  if (taken) return say.mine;
  return viewer === undefined ? say.onlyShows(code) : say.yours;
}

/** What the reader can still do. */
function tapsPart({ incident, viewer, visitor, language }: IncidentPageView, { page: say }: Words): Part {
  const { id, taken, silenced, state } = incident;
  const isTheirs = taken !== undefined && taken.userId !== viewer;
  if (viewer === undefined || state === 'resolved' || isTheirs || (taken && silenced)) return undefined;
  const hidden = Object.entries({ ...visitor.form, lang: language });
  return html`<section><form method="post" action="${id}">
${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="buttons">${taken ? undefined : html`<button class="done" name="tap" value="take">${say.take}</button>`}${
    silenced ? undefined : html`<button class="decline" name="tap" value="silence">${say.silence}</button>`
  }</div>
</form></section>`;
}

function factsPart(incident: Incident, words: Words, when: (at: string) => Html): Html {
  const { source, openedAt, resolvedAt, text } = incident;
  const told = toldOf(incident);
  const people = (userIds: string[]) => userIds.map((userId) => personName(incident, userId)).join(words.page.list);
  const facts: [string, Part][] = [
    [words.page.source, source],
    [words.page.opened, when(openedAt)],
    [words.page.resolved, resolvedAt && when(resolvedAt)],
    [words.page.told, people(told.people)],
    [words.page.read, people(told.read)],
    [words.page.text, text],
  ];
  const shown = facts.filter(([, fact]) => fact !== undefined && fact !== '');
  return html`<section><dl>${shown.map(([term, fact]) => html`<div><dt>${term}</dt><dd dir="auto">${fact}</dd></div>`)}</dl></section>`;
}

/** Who did what, by which way and when, newest first. */
function historyPart(incident: Incident, words: Words, when: (at: string) => Html): Html {
  const lines = incident.history.toReversed().map(({ by, action, at }) => {
    const doer = by.type === 'person' ? html`<bdi>${personName(incident, by.id)}</bdi> ` : undefined;
    return html`<li><div>${doer}${words.page.did[action]}</div>
<small>${when(at)} · ${words.via[by.via]}</small></li>`;
  });
  return html`<section><h2>${words.page.history}</h2><ol>${lines}</ol></section>`;
}
