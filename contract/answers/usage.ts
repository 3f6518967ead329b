import * as v from 'valibot';

/** What of a month's calls went to one act of an app. */
export const UsedByAct = v.object({ app: v.string(), act: v.string(), calls: v.number() });

/** The calls of a month that DingTalk counts against one quota. */
export const QuotaUsage = v.object({
  name: v.picklist(['api', 'webhook']),
  used: v.number(),
  unanswered: v.number(),
  quota: v.number(),
  goneUntil: v.optional(v.string()),
  acts: v.array(UsedByAct),
});

/** The calls of an hour. */
export const UsedInHour = v.object({ at: v.string(), calls: v.number() });

export const Usage = v.object({
  month: v.string(),
  meters: v.array(QuotaUsage),
  hours: v.array(UsedInHour),
  bannedUntil: v.optional(v.string()),
});
export type Usage = v.InferOutput<typeof Usage>;

const names = v.array(v.string());
/** What the key of a request may do; `*` stands for all. */
export const Grant = v.object({ caller: v.string(), scopes: names, destinations: names, people: names, apps: names });
export type Grant = v.InferOutput<typeof Grant>;
