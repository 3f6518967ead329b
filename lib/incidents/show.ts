import type { AcceptDeps, AcceptInput } from '../messages/accept.ts';
import type { Content } from '../messages/content.ts';
import { isUntouched } from '../messages/deliver/merge.ts';
import { appNameOf, type Destination } from '../messages/destination.ts';
import { kindOf } from '../messages/kinds/kinds.ts';
import { contentOf } from '../messages/message.ts';
import { type ButtonForms, cardOf, cardParams, type OnCard, PLAIN, type TapsOf } from '../messages/render/card.ts';
import { acceptedOnce } from '../messages/reused-key.ts';
import type { MessageStore } from '../messages/store.ts';
import type { Incident, Shown } from './incident.ts';
import { footer, type LinkOf } from './incident-messages.ts';
import { WORDS } from './words/words.ts';

export type ShowDeps = AcceptDeps & {
  messages: Pick<MessageStore, 'get' | 'recall'>;
  incidentLink: LinkOf;
  buttonForms: ButtonForms;
};

/** A card changes this often, but for its last state. */
const CHANGE_EVERY_MS = 60_000;

type Place = { deps: ShowDeps; incident: Incident; name: string };

/**
 * Shows an incident at each of its destinations: as one card that changes, where a card can be and DingTalk takes it;
 * elsewhere as a message when it opens and one when it has stayed resolved for the quiet gap. What it answers is to be
 * noted. It may be run again.
 */
export async function showIncident(deps: ShowDeps, incident: Incident): Promise<Record<string, Shown>> {
  const { to, shown: had = {} } = incident;
  const shown = Object.fromEntries(to.flatMap((name) => (had[name] ? [[name, had[name]] as const] : [])));
  for (const name of to) {
    const destination = await deps.destinations.get(name);
    const place = { deps, incident, name };
    const before = shown[name]?.fired === incident.fired ? shown[name] : undefined;
    const mayBeCard = destination !== undefined && kindOf(destination).carries.includes('card');
    const isCard = mayBeCard && !(before && (await openedAsMessage(deps, before.opening, name)));
    const after = isCard ? await showCard(place, before, destination) : await showPair(place, before);
    if (after) shown[name] = after;
  }
  return shown;
}

/** DingTalk refused the card, and what it says went as a message. */
async function openedAsMessage({ messages }: ShowDeps, opening: string, name: string): Promise<boolean> {
  const message = await messages.get(opening);
  const delivery = message?.deliveries[name];
  return message !== undefined && delivery !== undefined && contentOf(message, delivery).kind === 'markdown';
}

async function showPair(place: Place, before: Shown | undefined): Promise<Shown> {
  const { deps, incident, name } = place;
  const { version, state, fired } = incident;
  const shown = before ?? { fired, opening: await send(place, `${fired}#open`, { content: markdown(place) }) };
  if (state === 'resolved') {
    if (shown.closing !== undefined) return shown;
    const sendAt = new Date(Date.parse(incident.resolvedAt ?? incident.changedAt) + incident.gapMs).toISOString();
    return { ...shown, closing: await send(place, `${version}#close`, { content: closing(place), sendAt }) };
  }
  const { closing: told, ...open } = shown;
  if (told === undefined) return shown;
  // it fired again before the end was told: there is no end yet
  if (await takenBack(deps, told, name)) return open;
  return { fired, opening: await send(place, `${version}#open`, { content: markdown(place) }) };
}

async function showCard(place: Place, before: Shown | undefined, at: Destination): Promise<Shown> {
  const { deps, incident, name } = place;
  const { version, fired, state } = incident;
  const own = before ? before.form : await deps.buttonForms(appNameOf(at));
  const [form, taps] = [own ?? PLAIN, tapsOf(incident)];
  const opening = { content: cardOf(form, onCard(place), taps), otherwise: [markdown(place)] };
  const opened = { fired, ...(own && { form: own }) };
  if (!before) return { ...opened, opening: await send(place, `${fired}#card`, opening) };
  // a card that nobody saw yet opens with what is so now
  if (before.change === undefined && (await takenBack(deps, before.opening, name))) {
    return { ...opened, opening: await send(place, `${version}#card`, opening) };
  }
  const replaced = before.change !== undefined && (await takenBack(deps, before.change, name));
  const last = replaced ? (before.changeAt ?? 0) - CHANGE_EVERY_MS : (before.changeAt ?? Date.parse(incident.openedAt));
  const changeAt = state === 'resolved' ? deps.now() : Math.max(deps.now(), last + CHANGE_EVERY_MS);
  const change = await send(place, `${version}#change`, {
    content: { kind: 'cardChange', card: before.opening, params: cardParams(form, onCard(place), taps) },
    ...(changeAt > deps.now() && { sendAt: new Date(changeAt).toISOString() }),
  });
  return { ...before, change, changeAt };
}

/** Whether a message that nothing was tried of yet is not sent any more. */
async function takenBack({ messages }: ShowDeps, messageId: string, destination: string): Promise<boolean> {
  const delivery = (await messages.get(messageId))?.deliveries[destination];
  return delivery !== undefined && isUntouched(delivery) && messages.recall({ messageId, destination }, 'queued');
}

/** Each step has a key of its own, so a repeat after a crash sends nothing more. @returns the id of the message */
function send(
  { deps, incident, name }: Place,
  step: string,
  said: Pick<AcceptInput, 'content' | 'otherwise' | 'sendAt'>,
): Promise<string> {
  const { id, owner: caller, priority } = incident;
  const idempotencyKey = `incident/${id}/${name}/${step}`;
  return acceptedOnce(deps, { caller, idempotencyKey, to: [name], priority, ...said });
}

function markdown({ deps, incident }: Place): Content {
  const { title, text } = incident;
  return { kind: 'markdown', title, text: `${text}\n\n${below(deps, incident)}` };
}

/** The end, with what came between in one line. */
function closing({ deps, incident }: Place): Content {
  const { title, text } = incident;
  return { kind: 'markdown', title, text: [text, between(incident), below(deps, incident)].join('\n\n') };
}

/** The same address each time, for as long as it is open. */
function below({ incidentLink }: ShowDeps, incident: Incident): string {
  const { id, app, openedAt } = incident;
  return footer(incident, incidentLink({ id, app }, undefined, Date.parse(openedAt)));
}

function between({ openedAt, changedAt, updates, history, language }: Incident): string {
  const words = WORDS[language];
  const minutes = Math.max(0, Math.round((Date.parse(changedAt) - Date.parse(openedAt)) / 60_000));
  const again = history.filter(({ at, action }) => action === 'fired_again' && at >= openedAt).length;
  return [
    words.lasted(minutes),
    ...(updates > 0 ? [words.gathered(updates)] : []),
    ...(again > 0 ? [words.again(again + 1)] : []),
  ].join(words.between);
}

function onCard({ deps, incident }: Place): OnCard {
  const { title, text, state } = incident;
  const end = state === 'resolved' ? [between(incident)] : [];
  return { title, text, tail: ['', ...end, below(deps, incident)].join('\n\n') };
}

/** What can be tapped while nobody has it. */
function tapsOf({ id, state, language }: Incident): TapsOf {
  const { take, silence } = WORDS[language].message;
  const all = [
    { tap: 'take', text: take },
    { tap: 'silence', text: silence },
  ];
  return { id, all: state === 'firing' ? all : [] };
}
