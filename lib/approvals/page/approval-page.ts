import { type Html, html, type Part } from '../../base/html.ts';
import type { Language } from '../../base/language.ts';
import { type Opened, page } from '../../base/page-frame.ts';
import { timeIn, zoneName } from '../../base/people/time-part.ts';
import type { Visitor } from '../../base/visitor/visitor.ts';
import type { Approval, ApprovalEntry } from '../approval.ts';
import { isClosed, mayAnswer } from '../life-cycle.ts';
import { actorName, labelOf, outcomeOf, personName } from '../names.ts';
import { WORDS } from '../words/words.ts';
import type { Words } from '../words/zh.ts';

/** What a page shows, and to which reader. */
export type ApprovalPageView = {
  approval: Approval;
  /** The userId that the link belongs to; undefined: the link only shows the approval. */
  viewer?: string | undefined;
  /** How they are known, sent again with each tap. */
  visitor: Pick<Visitor, 'address' | 'form'>;
  /** The choice that the reader tapped in the message. */
  choice?: string | undefined;
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

/** The approval as its reader sees it. */
export function approvalPage(view: ApprovalPageView, status = 200): Opened {
  const { approval, language } = view;
  const { timeZone, sender } = approval;
  const words = WORDS[language];
  const when = timeIn(timeZone);
  const how = isClosed(approval) ? outcomeOf(approval, words) : words.status.pending;
  const body = html`${topPart(view, words, how)}
<h1 dir="auto"><bdi>${approval.question}</bdi></h1>
${noticePart(view, words)}${standingPart(view, words)}${factsPart(approval, words, when)}${tapsPart(view, words)}
${peoplePart(view, words)}${historyPart(approval, words, when)}
<p class="zone">${words.page.zone} <b>${zoneName(timeZone, language, view.now)}</b></p>`;
  return page(status, { language, title: `${approval.question} · ${how}`, body, sender });
}

/** The looks of a state, which are those of tasks. */
function markOf({ status, decision }: Approval): string {
  if (status === 'pending') return 'assigned';
  if (decision) return decision.choice === 'reject' ? 'declined' : 'done';
  return 'cancelled';
}

function topPart({ approval, visitor, language }: ApprovalPageView, words: Words, how: string): Html {
  const other = language === 'zh' ? 'en' : 'zh';
  const address = new URLSearchParams({ ...visitor.address, lang: other });
  return html`<div class="top"><span>${approval.code}</span>
<span class="mark ${markOf(approval)}">${how}</span>
<a href="${approval.id}?${address.toString()}" hreflang="${other}" lang="${other}">${words.page.otherLanguage}</a></div>`;
}

/** Why a tap changed nothing, with the comment, unless the form below shows it. */
function noticePart(view: ApprovalPageView, words: Words): Part {
  const { unsaid } = view;
  if (!unsaid) return undefined;
  const why = unsaid.why === 'too_fast' ? words.page.tooFast(unsaid.againInS) : words.page.unsaved[unsaid.why];
  return html`<div class="note bad" role="alert"><p>${why}</p></div>`;
}

/** One sentence about how it stands, or what the reader can do. */
function standingPart({ approval, viewer }: ApprovalPageView, words: Words): Html {
  if (isClosed(approval)) return note(words.page.outcome(outcomeOf(approval, words)));
  if (viewer === undefined) return note(words.page.onlyShows(approval.code));
  if (!mayAnswer(approval).includes(viewer)) return note(words.page.watching);
  const own = approval.answers.find(({ userId }) => userId === viewer);
  return note(own ? words.page.answered(labelOf(approval, own.choice)) : words.page.yours);
}

function note(text: string): Html {
  return html`<p class="note">${text}</p>`;
}

function tapsPart(view: ApprovalPageView, words: Words): Part {
  const { approval, viewer, visitor, language, unsaid } = view;
  if (isClosed(approval) || viewer === undefined || !mayAnswer(approval).includes(viewer)) return undefined;
  const hidden = Object.entries({ ...visitor.form, lang: language });
  const needy = approval.choices.filter(({ comment }) => comment).map(({ label }) => label);
  const label = needy.length > 0 ? words.page.commentFor(needy.join(words.list)) : words.page.comment;
  // the one that was tapped in the message stands first, so that it is at hand
  const order = [...approval.choices].sort((a, b) => Number(b.id === view.choice) - Number(a.id === view.choice));
  const looks: Record<string, string> = { approve: 'done', reject: 'decline' };
  const buttons = order.map(
    (choice) =>
      html`<button class="${looks[choice.id] ?? 'accept'}" name="choice" value="${choice.id}">${choice.label}</button>`,
  );
  return html`<section><form method="post" action="${approval.id}">
${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<label for="comment">${label}</label>
<textarea id="comment" name="comment" maxlength="${MAX_COMMENT}" dir="auto">
${unsaid?.comment}</textarea>
<div class="buttons">${buttons}</div>
</form></section>`;
}

function factsPart(approval: Approval, words: Words, when: (at: string) => Html): Html {
  const { asker, expiresAt, details, data = {} } = approval;
  const facts: [string, Part][] = [
    [words.page.asker, asker && html`<bdi>${personName(approval, asker.userId, words)}</bdi>`],
    [words.page.until, when(expiresAt)],
    [words.page.details, details],
    ...Object.entries(data).map(([name, value]): [string, Part] => [name, textOf(value)]),
  ];
  const shown = facts.filter(([, fact]) => fact !== undefined && fact !== '');
  return html`<section><dl>${shown.map(([term, fact]) => html`<div><dt><bdi>${term}</bdi></dt><dd dir="auto">${fact}</dd></div>`)}</dl></section>`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

function peoplePart({ approval, viewer }: ApprovalPageView, words: Words): Html {
  const people = mayAnswer(approval).map((userId) => {
    const own = approval.answers.find((each) => each.userId === userId);
    const you = userId === viewer ? html`<small>${words.page.you}</small>` : undefined;
    const mark = html`<span class="mark ${own ? 'accepted' : 'assigned'}">${own ? labelOf(approval, own.choice) : words.status.pending}</span>`;
    return html`<li><span><bdi>${personName(approval, userId, words)}</bdi>${you}</span>${mark}</li>`;
  });
  const { quorum } = approval.approvers;
  return html`<section><h2>${words.page.people}</h2>
${quorum > 1 ? html`<p><small>${words.page.quorum(quorum)}</small></p>` : undefined}<ul class="people">${people}</ul></section>`;
}

/** Who did what, by which way and when, newest first. */
function historyPart(approval: Approval, words: Words, when: (at: string) => Html): Html {
  const lines = approval.history.toReversed().map((entry) => linePart(approval, entry, words, when));
  return html`<section><h2>${words.page.history}</h2><ol>${lines}</ol></section>`;
}

function linePart(approval: Approval, entry: ApprovalEntry, words: Words, when: (at: string) => Html): Html {
  const { by, action, choice, at, comment } = entry;
  const who =
    action === 'asked' && approval.asker ? { type: 'person' as const, id: approval.asker.userId, via: by.via } : by;
  const said = comment ? html`<blockquote dir="auto">${comment}</blockquote>` : undefined;
  const what = choice === undefined ? undefined : html` <bdi>${labelOf(approval, choice)}</bdi>`;
  const doer = by.type === 'schedule' ? undefined : html`<bdi>${actorName(approval, who, words)}</bdi> `;
  return html`<li><div>${doer}${words.page.did[action]}${what}</div>${said}
<small>${when(at)} · ${words.via[by.via]}</small></li>`;
}
