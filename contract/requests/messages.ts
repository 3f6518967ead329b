import * as v from 'valibot';
import { CardParams, CONTENT_KINDS, contentEntries } from '../contents.ts';
import { ListedStatus } from '../records/messages.ts';
import { Cursor, Day, Limit, MAX_MENTIONS, Mention, rule, Timestamp, To } from '../values.ts';

export const Priority = v.picklist(['normal', 'high']);

export const DeliveryMode = v.picklist(['at-least-once', 'at-most-once']);

/** What a message may say beside its content. */
export const messageOptions = {
  mention: v.optional(Mention),
  sendAt: v.optional(Timestamp),
  expiresAt: v.optional(Timestamp),
  priority: v.optional(Priority),
  delivery: v.optional(DeliveryMode),
  confirm: v.optional(v.boolean()),
  strict: v.optional(v.boolean()),
};

const oneOf = (kinds: readonly string[]) => `give exactly one of ${kinds.join(', ')}`;

const contentsIn = (kinds: readonly string[], given: object) => kinds.filter((kind) => kind in given).length;

const count = (list: unknown) => (Array.isArray(list) ? list.length : 0);

/** There is a content of these kinds ... */
// @__NO_SIDE_EFFECTS__
export function someContent<T extends object>(kinds: readonly string[]) {
  const text = `has no content; ${oneOf(kinds)}`;
  return rule<T>('content_missing', text, (given) => contentsIn(kinds, given) > 0);
}

/** ... and no other. */
// @__NO_SIDE_EFFECTS__
export function oneContent<T extends object>(kinds: readonly string[]) {
  const text = `has several contents; ${oneOf(kinds)}`;
  return rule<T>('content_ambiguous', text, (given) => contentsIn(kinds, given) < 2);
}

// @__NO_SIDE_EFFECTS__
export function fewMentions<T extends object>() {
  const text = `mentions too many people: DingTalk takes ${MAX_MENTIONS} a message`;
  return rule<T>('too_many_mentions', text, ({ mention }) => {
    const { users, mobiles } = Object(mention);
    return count(users) + count(mobiles) <= MAX_MENTIONS;
  });
}

/** Exactly one content. As OpenAPI it is one schema a content, so that compilers can check it (contract/openapi.ts). */
export const SendMessage = v.pipe(
  v.strictObject({ to: To, ...contentEntries, ...messageOptions }),
  someContent(CONTENT_KINDS),
  oneContent(CONTENT_KINDS),
  fewMentions(),
);
export type SendMessage = v.InferOutput<typeof SendMessage>;

/** What of a sent message can change: the variables of a card that are named; the others stay. */
export const CardChange = v.strictObject({ params: CardParams });
export const ChangeMessage = v.strictObject({ card: CardChange });
export type ChangeMessage = v.InferOutput<typeof ChangeMessage>;

export const ListMessages = v.pipe(
  v.strictObject({
    to: v.optional(v.pipe(v.string(), v.normalize('NFC'), v.maxLength(64))),
    owner: v.optional(v.pipe(v.string(), v.maxLength(2_000))),
    status: v.optional(ListedStatus),
    day: v.optional(Day),
    limit: v.optional(Limit),
    cursor: v.optional(Cursor),
  }),
  rule(
    'list_unknown',
    'there is no list of an owner at a destination: give `to` or `owner`',
    ({ to, owner }) => to === undefined || owner === undefined,
  ),
);
export type ListMessages = v.InferOutput<typeof ListMessages>;
