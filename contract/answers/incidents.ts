import * as v from 'valibot';
import { Trouble } from '../../lib/base/trouble.ts';
import { IncidentState, IncidentStep, Tapped } from '../records/incidents.ts';
import { Links } from './links.ts';

/** What a sender says is wrong, from its first word to the last. */
export const IncidentView = v.object({
  id: v.string(),
  code: v.string(),
  version: v.number(),
  source: v.string(),
  state: IncidentState,
  title: v.string(),
  text: v.string(),
  labels: v.record(v.string(), v.string()),
  to: v.array(v.string()),
  openedAt: v.string(),
  changedAt: v.string(),
  resolvedAt: v.optional(v.string()),
  taken: v.optional(Tapped),
  silenced: v.optional(Tapped),
  told: v.optional(v.array(v.string())),
  read: v.optional(v.array(v.string())),
  fired: v.number(),
  history: v.optional(v.array(IncidentStep)),
  messages: v.optional(
    v.array(v.object({ destination: v.string(), opening: v.string(), closing: v.optional(v.string()) })),
  ),
  troubles: v.optional(v.record(v.string(), Trouble)),
  links: Links,
});
export type IncidentView = v.InferOutput<typeof IncidentView>;

export const IncidentList = v.object({ incidents: v.array(IncidentView), cursor: v.optional(v.string()) });
export type IncidentList = v.InferOutput<typeof IncidentList>;
