import * as v from 'valibot';
import { GoesOn, IncidentState, IncidentStep, Tapped } from '../../contract/records/incidents.ts';
import { LANGUAGES } from '../base/language.ts';
import { CardForm } from '../messages/render/card.ts';
import type { ClaimCode } from '../records/codes.ts';
import { type RecordStore, ViewState } from '../records/record.ts';

/** Where an incident is shown at one destination; ids of messages. */
export const Shown = v.object({
  /** How often it had fired when it was opened there. */
  fired: v.number(),
  opening: v.string(),
  /** The form of the card that it opened with; that of cards without buttons is left out. */
  form: v.optional(CardForm),
  /** Told when it has stayed resolved for the quiet gap. */
  closing: v.optional(v.string()),
  /** The newest change of a card, and when it is shown (epoch ms). */
  change: v.optional(v.string()),
  changeAt: v.optional(v.number()),
});
export type Shown = v.InferOutput<typeof Shown>;

/** What the worker that follows an incident notes. */
export const Followed = v.object({
  ...ViewState.entries,
  shown: v.optional(v.record(v.string(), Shown)),
  /** The app whose people take it, as they know it, and where they are: pages do not read the apps' secret. */
  app: v.optional(v.string()),
  corpId: v.optional(v.string()),
  sender: v.optional(v.string()),
  timeZone: v.optional(v.string()),
  /** Names of those who tapped, by userId. */
  names: v.optional(v.record(v.string(), v.string())),
  /** Since it fired last for a new time: how many steps to the next people are done, who they are, and by which messages. */
  told: v.optional(
    v.object({
      fired: v.number(),
      steps: v.number(),
      people: v.array(v.string()),
      messages: v.array(v.string()),
      /** Who of them has read it, by when it was looked at last. */
      read: v.array(v.string()),
    }),
  ),
  /** Its place in the list. */
  listed: v.optional(v.string()),
});
export type Followed = v.InferOutput<typeof Followed>;

/** How a source wants its incidents shown. */
const rules = {
  language: v.picklist(LANGUAGES),
  gapMs: v.number(),
  next: v.array(GoesOn),
};

/** One thing that is wrong, as one source tells of it: one record for its identity, however often it fires. Times are ISO 8601. */
export const Incident = v.object({
  id: v.string(),
  code: v.string(),
  version: v.number(),
  owner: v.string(),
  source: v.string(),
  state: IncidentState,
  title: v.string(),
  /** Markdown, as it is now. */
  text: v.string(),
  priority: v.optional(v.literal('high')),
  labels: v.record(v.string(), v.string()),
  to: v.array(v.string()),
  openedAt: v.string(),
  changedAt: v.string(),
  resolvedAt: v.optional(v.string()),
  /** Whose it is, and who wants to hear no more of it. */
  taken: v.optional(Tapped),
  silenced: v.optional(Tapped),
  /** How often it fired after it was resolved, the first time included. */
  fired: v.number(),
  /** What was told of it since it fired last for a new time, the first time left out. */
  updates: v.number(),
  /** The delivery that was noted last: it may come twice. */
  lastReceived: v.string(),
  history: v.array(IncidentStep),
  ...rules,
  ...Followed.entries,
});
export type Incident = v.InferOutput<typeof Incident>;
/** Who was told of it: of the time before it fired anew nothing counts. */
export function toldOf({ told, fired }: Pick<Incident, 'told' | 'fired'>): NonNullable<Followed['told']> {
  return told?.fired === fired ? told : { fired, steps: 0, people: [], messages: [], read: [] };
}

export type Rules = Pick<Incident, keyof typeof rules>;

/** What a source says of an incident. `identity` tells it from the source's others. */
export type Signal = {
  identity: string;
  state: 'firing' | 'resolved';
  title: string;
  text: string;
  priority?: 'high' | undefined;
  labels: Record<string, string>;
  /** The delivery that says so, and when it came. */
  received: { id: string; at: string };
};

/** Stores incidents. Every write that decides something is conditional. */
export type IncidentStore = RecordStore<Incident, Partial<Followed>> & {
  claimCode: ClaimCode;
  /** The incident that a code stands for. */
  byCode(code: string): Promise<Incident | undefined>;
  /** Puts an incident on the list by when it fired, in place of where it stood. */
  enlist(incident: Incident): Promise<void>;
  /** A page of all, those that fired newest first. */
  list(page: { cursor?: string | undefined; limit: number }): Promise<{ incidents: Incident[]; cursor?: string }>;
};
