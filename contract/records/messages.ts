import * as v from 'valibot';

/** `sent` = DingTalk said yes. `unknown` = no answer came and a repeat could send twice. */
export const DeliveryStatus = v.picklist(['queued', 'sending', 'sent', 'failed', 'unknown', 'expired', 'recalled']);
export type DeliveryStatus = v.InferOutput<typeof DeliveryStatus>;

/** By which messages can be listed: what went straight through is in no list of its own. */
export const ListedStatus = v.picklist(['queued', 'failed', 'unknown', 'expired', 'recalled']);
export type ListedStatus = v.InferOutput<typeof ListedStatus>;

/** One try to hand a message to DingTalk: what came of it, why, and what a person can do. */
export const Attempt = v.object({
  at: v.string(),
  outcome: v.picklist(['sent', 'refused', 'no-answer', 'failed']),
  code: v.optional(v.string()),
  class: v.optional(v.string()),
  reason: v.optional(v.string()),
  remedy: v.optional(v.string()),
});
export type Attempt = v.InferOutput<typeof Attempt>;

/** What of an accepted request will not be as it is meant; `path` is where it stands. */
export const Warning = v.object({ path: v.string(), code: v.string(), message: v.string() });
export type Warning = v.InferOutput<typeof Warning>;

/** The outcome for one person: what DingTalk says, or that it does not say (`unconfirmed`). */
export const PersonOutcome = v.object({
  userId: v.string(),
  outcome: v.picklist(['accepted', 'invalid', 'throttled', 'unconfirmed']),
});

/** Whom a message reached as far as DingTalk says; people by userId, or by the number that they were mentioned by. */
export const Reach = v.object({
  reached: v.array(v.string()),
  notReached: v.array(v.string()),
  unconfirmed: v.array(v.string()),
});

/** What a message that was not sent yet waits for, and until when. */
export const Waits = v.object({
  for: v.picklist(['sendAt', 'quiet', 'quota', 'pause', 'pace', 'retry', 'merge']),
  quota: v.optional(v.picklist(['api', 'webhook'])),
  reason: v.optional(v.string()),
  until: v.string(),
});
export type Waits = v.InferOutput<typeof Waits>;

/** Where a delivery went instead, when and why: another destination, with a delivery in the same message, or an SNS topic. */
export const UsedFallback = v.object({
  to: v.optional(v.string()),
  topicArn: v.optional(v.string()),
  at: v.string(),
  code: v.string(),
});

/** A delivery in place of another one, that of `destination`. */
export const FallbackFor = v.object({ destination: v.string(), at: v.string() });

/** A message at one destination. */
export const DeliveryView = v.object({
  destination: v.string(),
  status: DeliveryStatus,
  attempts: v.array(Attempt),
  possibleDuplicate: v.optional(v.boolean()),
  people: v.optional(v.array(PersonOutcome)),
  reach: v.optional(Reach),
  warnings: v.optional(v.array(Warning)),
  mergedInto: v.optional(v.string()),
  waits: v.optional(Waits),
  fallback: v.optional(UsedFallback),
  fallbackFor: v.optional(FallbackFor),
});
