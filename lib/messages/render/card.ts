import * as v from 'valibot';
import type { Content } from '../content.ts';
import { shortened } from '../text/tokens.ts';

/** How a card is made: by a template, and with the route that taps on its buttons take. Without a route it has links only. */
export const CardForm = v.object({ templateId: v.string(), routeKey: v.optional(v.string()) });
export type CardForm = v.InferOutput<typeof CardForm>;

/** Of DingTalk's own templates the one that shows Markdown (interactive.md §2.1). */
export const PLAIN: CardForm = { templateId: '589420e2-c1e2-46ef-a5ed-b8728e654da9.schema' };
/** The one whose buttons call back, and the route of our door (interactive.md §2.1). */
const BUTTONS = { templateId: '382e4302-551d-4880-bf29-a30acfab2e71.schema', routeKey: 'dingdock' };

/** The form of an app's cards with buttons, with what the app has otherwise. */
export function formWithButtons({ templateId, routeKey }: Own = {}): { templateId: string; routeKey: string } {
  return { templateId: templateId ?? BUTTONS.templateId, routeKey: routeKey ?? BUTTONS.routeKey };
}
type Own = { [member in keyof CardForm]?: string | undefined };

export function isSameForm(one: CardForm, other: CardForm): boolean {
  return one.templateId === other.templateId && one.routeKey === other.routeKey;
}

/** An app's form of cards with buttons, once a tap on one came back (docs/decisions/0035); undefined: none did. */
export type ButtonForms = (app?: string) => Promise<CardForm | undefined>;

/** A button, and what a tap on it means for its record. */
export type Tap = { tap: string; text: string };
/** What a card shows; of a text that is too long the end is left out, and `tail` is not. */
export type OnCard = { title: string; text: string; tail: string };

/** A variable of a card holds 1 KB (messaging.md §7.1). */
const MOST_BYTES = 1_000;
/** Half a link would be none. */
const IN_BYTES = { markdown: true, sizeOf: Buffer.byteLength };
const FINISHED = '3';
const ORDER = ['msgTitle', 'staticMsgContent', 'msgButtons'];

/** The variables of a card; where it has no route its taps are left out. */
export function cardParams({ routeKey }: CardForm, { title, text, tail }: OnCard, taps: TapsOf = NONE) {
  const shown = {
    title: shortened(title, MOST_BYTES, IN_BYTES),
    text: `${shortened(text, MOST_BYTES - Buffer.byteLength(tail), IN_BYTES)}${tail}`,
  };
  if (routeKey === undefined) return { title: shown.title, markdown: shown.text };
  const msgButtons = taps.all.map(({ tap, text: label }) => ({
    text: label.toWellFormed().replace(/\p{Cc}/gu, ' '),
    color: 'blue',
    id: `${taps.id}.${tap}`,
    request: true,
  }));
  return {
    flowStatus: FINISHED,
    msgTitle: shown.title,
    staticMsgContent: shown.text,
    sys_full_json_obj: JSON.stringify({ order: ORDER, msgButtons }),
  };
}

export type TapsOf = { id: string; all: readonly Tap[] };
const NONE: TapsOf = { id: '', all: [] };

/** A new card. */
export function cardOf(form: CardForm, shown: OnCard, taps?: TapsOf): Content {
  return { kind: 'card', ...form, params: cardParams(form, shown, taps) };
}

const TAPPED = /^([ai]_[\w-]{3,100})\.([a-z][a-z0-9-]{0,19})$/;

/** The record that a button belongs to, and what a tap on it means there; undefined for the buttons of others. */
export function tappedOn(buttonId: string): { id: string; tap: string } | undefined {
  const [, id, tap] = TAPPED.exec(buttonId) ?? [];
  return id === undefined || tap === undefined ? undefined : { id, tap };
}

/** Whether a card with this id (`outTrackId`) was made by that message. */
export function isCardOf(outTrackId: string, messageId: string): boolean {
  return outTrackId.startsWith(`${messageId}-`);
}

const TRIAL = 'dingdock-trial-';

/** The id of a card that is sent to see whether a tap on it comes back. */
export function trialId(random: string): string {
  return `${TRIAL}${random}`;
}

export function isTrial(outTrackId: string): boolean {
  return outTrackId.startsWith(TRIAL);
}
