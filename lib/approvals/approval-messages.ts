import { when } from '../base/people/local-time.ts';
import type { Content } from '../messages/content.ts';
import type { OnCard, Tap } from '../messages/render/card.ts';
import { closed } from '../messages/text/blocks.ts';
import { asLine, asMarkdown } from '../messages/text/plain.ts';
import { shortened, shortTitle } from '../messages/text/tokens.ts';
import { tapOf } from '../records/codes.ts';
import type { Approval, Choice } from './approval.ts';
import { mayAnswer } from './life-cycle.ts';
import { actorName, approvalName, labelOf, personName } from './names.ts';
import { WORDS } from './words/words.ts';

const MAX_TITLE = 64;
/** Details beyond it stand on the page: a card is not split. */
const MAX_DETAILS = 1_500;
/** So many approvers are named. */
const NAMED = 10;

/** Where a message leads: to the page, and to the page with one choice at hand. */
export type PageOf = (choice?: string) => string;

/** The question to a group or by a notification: a card whose buttons lead to the page. */
export function questionCard(approval: Approval, pageOf: PageOf): Content {
  const { title, text } = asMessage(approval);
  const buttons = approval.choices.map(({ id, label }) => ({ title: label, url: pageOf(id) }));
  return { kind: 'actionCard', title, text, buttons };
}

/**
 * The question one-to-one: a tap on a choice sends the robot the person's answer (interactive.md §2.3), the last line
 * leads to the page. A choice that takes a comment has no such tap.
 */
export function questionToPeople(approval: Approval, pageOf: PageOf): Content {
  const { title, text } = asMessage(approval);
  const taps = approval.choices.filter(({ comment }) => !comment).map((choice) => tap(approval, choice));
  const open = `[${WORDS[approval.language].message.open}](${pageOf()})`;
  return { kind: 'markdown', title, text: `${text}\n\n${[...taps, open].join(' · ')}` };
}

/**
 * The question on a card whose buttons call back. A choice that takes a comment has none: the last line leads to the page.
 */
export function questionOnCard(approval: Approval, pageOf: PageOf): OnCard {
  const { language, choices } = approval;
  const { message } = WORDS[language];
  const { title, heading, people, details } = question(approval);
  const labels = choices.filter(({ comment }) => comment).map(({ label }) => asLine(label));
  const onPage = labels.length > 0 ? [message.onPage(labels.join(WORDS[language].list))] : [];
  const tail = [...onPage, `[${message.open}](${pageOf()})`].join(' · ');
  return { title, text: [heading, ...people, ...details].join('\n\n'), tail: `\n\n${tail}` };
}

/** The buttons of that card. */
export function tapsOf({ choices }: Approval): Tap[] {
  return choices.filter(({ comment }) => !comment).map(({ id, label }) => ({ tap: id, text: label }));
}

/** To those who have not answered, once more. */
export function askedAgain(approval: Approval, pageOf: PageOf): Content {
  const { code, question: asked, language, timeZone, expiresAt } = approval;
  const { message } = WORDS[language];
  const taps = approval.choices.filter(({ comment }) => !comment).map((choice) => tap(approval, choice));
  const lines = [
    `### ${message.again(code, asLine(asked))}`,
    message.until(when(expiresAt, timeZone)),
    [...taps, `[${message.open}](${pageOf()})`].join(' · '),
  ];
  return { kind: 'markdown', title: shortTitle(message.again(code, asked), MAX_TITLE), text: lines.join('\n\n') };
}

/** How it ended. */
export function ending(approval: Approval, pageOf: PageOf): Content {
  const { title, text, tail } = endingOnCard(approval, pageOf);
  return { kind: 'markdown', title, text: `${text}${tail}` };
}

/** The same in place of the question. */
export function endingOnCard(approval: Approval, pageOf: PageOf): OnCard {
  const { language, code, question: asked, decision } = approval;
  const { message } = WORDS[language];
  const comment = decision?.comment;
  const lines = [
    `**${approvalName({ code, question: asLine(asked) })}**`,
    endIn(approval),
    ...(comment === undefined ? [] : [`> ${asMarkdown(comment).replaceAll('\n', '\n> ')}`]),
  ];
  const title = shortTitle(message.titled(asked), MAX_TITLE);
  return { title, text: lines.join('\n\n'), tail: `\n\n[${message.open}](${pageOf()})` };
}

const MARKS: Record<string, string> = { approve: '✅', reject: '⛔' };

function endIn(approval: Approval): string {
  const words = WORDS[approval.language];
  const { decision, status } = approval;
  if (!decision) return status === 'withdrawn' ? `🚫 ${words.message.withdrawn}` : `⌛ ${words.message.expired}`;
  const label = asLine(labelOf(approval, decision.choice));
  const mark = MARKS[decision.choice] ?? '☑️';
  if (decision.by.type === 'schedule') return `⌛ ${words.message.nobody(label)}`;
  return `${mark} ${words.message.decided(label, asLine(actorName(approval, decision.by, words)))}`;
}

function asMessage(approval: Approval): { title: string; text: string } {
  const { title, heading, details, people, reply } = question(approval);
  return { title, text: [heading, ...details, ...people, ...reply].join('\n\n') };
}

/** What is asked, in parts. */
function question(approval: Approval) {
  const { code, question: asked, details, approvers, asker, expiresAt, timeZone, language } = approval;
  const words = WORDS[language];
  const ids = mayAnswer(approval);
  const names = ids.slice(0, NAMED).map((userId) => asLine(personName(approval, userId, words)));
  const more = ids.length > NAMED ? [`+ ${ids.length - NAMED}`] : [];
  const [first] = approval.choices;
  return {
    title: shortTitle(words.message.titled(asked), MAX_TITLE),
    heading: `### ${words.message.asked(code, asLine(asked))}`,
    details: details === undefined ? [] : [closed(shortened(details, MAX_DETAILS, { markdown: true }))],
    people: [
      ...(asker ? [words.message.asker(asLine(personName(approval, asker.userId, words)))] : []),
      words.message.approvers([...names, ...more].join(words.list), approvers.quorum),
      words.message.until(when(expiresAt, timeZone)),
    ],
    reply: first ? [words.message.reply(asLine(first.label), code)] : [],
  };
}

function tap({ code }: Approval, { label }: Choice): string {
  return tapOf(asLine(label), `${label} ${code}`);
}
