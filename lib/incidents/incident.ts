import * as v from 'valibot';
import { IncidentState, IncidentStep } from '../../contract/records/incidents.ts';

/** Where an incident is shown at one destination; ids of messages. */
export const Shown = v.object({
  /** How often it had fired when it was opened there. */
  fired: v.number(),
  opening: v.string(),
  /** Told when it has stayed resolved for the quiet gap. */
  closing: v.optional(v.string()),
  /** The newest change of a card, and when it is shown (epoch ms). */
  change: v.optional(v.string()),
  changeAt: v.optional(v.number()),
});
export type Shown = v.InferOutput<typeof Shown>;

/** One thing that is wrong, as one source tells of it: one record for its identity, however often it fires. Times are ISO 8601. */
export const Incident = v.object({
  id: v.string(),
  version: v.number(),
  /** Of each place by its name: the version that it shows. */
  reached: v.record(v.string(), v.number()),
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
  /** How often it fired after it was resolved, the first time included. */
  fired: v.number(),
  /** What was told of it since it fired last for a new time, the first time left out. */
  updates: v.number(),
  /** The delivery that was noted last: it may come twice. */
  lastReceived: v.string(),
  history: v.array(IncidentStep),
  shown: v.optional(v.record(v.string(), Shown)),
});
export type Incident = v.InferOutput<typeof Incident>;

/** What a source says of an incident. `identity` tells it from the source's others. */
export type Signal = {
  identity: string;
  state: IncidentState;
  title: string;
  text: string;
  priority?: 'high' | undefined;
  labels: Record<string, string>;
  /** The delivery that says so, and when it came. */
  received: { id: string; at: string };
};

/** Stores incidents. Every write that decides something is conditional. */
export type IncidentStore = {
  get(id: string): Promise<Incident | undefined>;
  create(incident: Incident): Promise<boolean>;
  put(incident: Incident, from: number): Promise<boolean>;
  /** Notes where it is shown. */
  note(id: string, noted: Pick<Incident, 'shown' | 'reached'>): Promise<void>;
  /** A page of all, those that fired newest first. */
  list(page: { cursor?: string | undefined; limit: number }): Promise<{ incidents: Incident[]; cursor?: string }>;
};
