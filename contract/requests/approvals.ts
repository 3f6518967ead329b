import * as v from 'valibot';
import { OnExpire } from '../records/approvals.ts';
import { Cursor, Limit, Name, rule, Text, Timestamp, To } from '../values.ts';
import { Data, PersonRef } from './tasks.ts';

const ChoiceId = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{0,19}$/, 'takes 1 to 20 small letters, digits and "-", such as approve'),
  v.examples(['approve']),
);
export const AskedChoice = v.strictObject({
  id: ChoiceId,
  label: v.optional(v.pipe(Text, v.maxLength(20))),
  comment: v.optional(v.boolean()),
});

const people = v.pipe(v.array(PersonRef), v.minLength(1), v.maxLength(50));
export const AskedApprovers = v.strictObject({
  people,
  quorum: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50)), 1),
  excludeAsker: v.optional(v.boolean()),
});

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A task of AWS Step Functions that waits for the answer. */
export const WaitingTask = v.strictObject({ taskToken: v.pipe(v.string(), v.minLength(1), v.maxLength(2_048)) });

/** Asks people for a decision. */
export const AskApproval = v.pipe(
  v.strictObject({
    question: v.pipe(Text, v.maxLength(200)),
    details: v.optional(v.pipe(Text, v.maxLength(4_000))),
    choices: v.optional(v.pipe(v.array(AskedChoice), v.minLength(2), v.maxLength(5))),
    approvers: AskedApprovers,
    to: v.optional(To),
    expiresAt: v.optional(Timestamp),
    onExpire: v.optional(OnExpire, 'expire'),
    asker: v.optional(PersonRef),
    data: v.optional(Data),
    stepFunctions: v.optional(WaitingTask),
    app: v.optional(Name),
  }),
  rule(
    'asker_missing',
    'needs "asker" where it has "approvers.excludeAsker"',
    ({ approvers, asker }) => !isObject(approvers) || approvers.excludeAsker !== true || asker !== undefined,
  ),
  rule('reject_missing', 'needs the choice "reject" where "onExpire" is "reject"', ({ onExpire, choices }) => {
    if (onExpire !== 'reject' || !Array.isArray(choices)) return true;
    return choices.some((choice) => isObject(choice) && choice.id === 'reject');
  }),
  rule('choice_twice', 'has a choice twice', ({ choices }) => {
    const ids = Array.isArray(choices) ? choices.map((choice) => (isObject(choice) ? choice.id : undefined)) : [];
    return new Set(ids).size === ids.length;
  }),
);
export type AskApproval = v.InferOutput<typeof AskApproval>;

export const ListApprovals = v.strictObject({
  status: v.optional(v.picklist(['pending', 'closed'])),
  limit: v.optional(Limit),
  cursor: v.optional(Cursor),
});
export type ListApprovals = v.InferOutput<typeof ListApprovals>;
