import * as v from 'valibot';
import { LANGUAGES } from '../../lib/base/language.ts';
import { Incidents } from '../requests/sources.ts';

/** What came by a source of late. */
export const SourceSeen = v.object({
  received: v.number(),
  refused: v.number(),
  lastAt: v.optional(v.string()),
  lastProblem: v.optional(v.object({ at: v.string(), code: v.string(), reason: v.string() })),
});
export type SourceSeen = v.InferOutput<typeof SourceSeen>;

/** A source without what must not come out again. */
export const SourceView = v.object({
  name: v.string(),
  kind: v.picklist(['dingtalk-robot', 'alertmanager', 'sns', 'json']),
  to: v.array(v.string()),
  language: v.picklist(LANGUAGES),
  timeZone: v.optional(v.string()),
  signs: v.boolean(),
  topics: v.optional(v.array(v.string())),
  raw: v.optional(v.boolean()),
  lambda: v.optional(v.boolean()),
  template: v.optional(v.object({ title: v.optional(v.string()), text: v.string(), identity: v.optional(v.string()) })),
  incidents: v.optional(Incidents),
  /** Told once, when it is made. */
  key: v.optional(v.string()),
  /** What a sender is given: with the key in it when it was just made. */
  address: v.string(),
  seen: v.optional(SourceSeen),
});
export type SourceView = v.InferOutput<typeof SourceView>;

export const SourceList = v.object({ items: v.array(SourceView) });
export type SourceList = v.InferOutput<typeof SourceList>;

/** A message as a source would make it, and what it costs. */
export const PreviewedMessage = v.object({
  title: v.optional(v.string()),
  text: v.string(),
  to: v.array(v.string()),
  bytes: v.number(),
  calls: v.number(),
  mentions: v.array(v.string()),
  priority: v.picklist(['normal', 'high']),
});
export type PreviewedMessage = v.InferOutput<typeof PreviewedMessage>;
export const SourcePreview = v.object({ messages: v.array(PreviewedMessage), note: v.optional(v.string()) });
export type SourcePreview = v.InferOutput<typeof SourcePreview>;
