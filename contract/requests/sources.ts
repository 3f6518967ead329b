import * as v from 'valibot';
import { LANGUAGES } from '../../lib/base/language.ts';
import { TimeZone } from '../../lib/base/people/hours.ts';
import { Id, ofAll, Text, To, together, UserId } from '../values.ts';

/** A source's name stands in its address and in its key. */
export const SourceName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'takes 1 to 40 small letters, digits and "-"'),
);

const Language = v.picklist(LANGUAGES);
/** A template of Liquid, or what it makes; its output is bounded too (lib/sources). */
const Template = v.pipe(Text, v.maxLength(4_000));
const HeaderName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{1,64}$/, 'takes the name of a header'));
export const TopicArn = v.pipe(
  v.string(),
  v.maxLength(512),
  v.regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]+$/, 'takes the ARN of a topic'),
  v.examples(['arn:aws:sns:eu-west-1:123456789012:alarms']),
);

/** How a sender signs: HMAC-SHA256 of the raw body, in hex, with or without `sha256=` before it. */
export const Hmac = v.strictObject({
  secret: Id,
  header: v.optional(HeaderName),
  /** The header with the Unix seconds that stand before the body: a repeat of an old request is told by it. */
  timestampHeader: v.optional(HeaderName),
});
/** What a template makes of a JSON body. */
export const Templates = v.strictObject({
  title: v.optional(Template),
  text: Template,
  /** What tells a repeat from something new. */
  identity: v.optional(Template),
});

/* @__NO_SIDE_EFFECTS__ */
const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const LabelText = v.pipe(Text, v.maxLength(200));
/** Where incidents go that have all these labels. */
export const IncidentRule = v.strictObject({
  labels: v.pipe(v.record(LabelText, LabelText), v.examples([{ severity: 'critical', team: 'payments' }])),
  to: To,
});
/** Who is told one to one when nobody took an incident for so long. */
export const NextPeople = v.strictObject({
  afterMinutes: whole(0, 1440),
  people: v.pipe(v.array(UserId), v.minLength(1), v.maxLength(20)),
  ifUnread: v.optional(v.boolean()),
});
const MOST_RULES_BYTES = 100_000;
/** Of all rules together: an incident may fit them all, and its record holds what it shows at each. */
const MOST_PLACES = 100;
const places = (rules: readonly { to: readonly string[] }[]) => new Set(rules.flatMap(({ to }) => to)).size;
/** One incident for what a sender tells of one thing, in place of a message each time. */
export const Incidents = v.strictObject({
  quietGapMinutes: v.optional(whole(1, 1440)),
  rules: v.optional(
    v.pipe(
      v.array(IncidentRule),
      v.minLength(1),
      v.maxLength(20),
      together(MOST_RULES_BYTES),
      ofAll(
        'too_many',
        `takes ${MOST_PLACES} destinations at most, all rules together`,
        (rules) => places(rules) <= MOST_PLACES,
      ),
    ),
  ),
  next: v.optional(v.pipe(v.array(NextPeople), v.minLength(1), v.maxLength(5))),
});

const every = {
  to: To,
  language: v.optional(Language),
  timeZone: v.optional(TimeZone),
  rotateKey: v.optional(v.boolean()),
};
export const RobotSource = v.strictObject({ kind: v.literal('dingtalk-robot'), ...every, secret: v.optional(Id) });
export const AlertmanagerSource = v.strictObject({
  kind: v.literal('alertmanager'),
  ...every,
  hmac: v.optional(Hmac),
  incidents: v.optional(Incidents),
});
export const SnsSource = v.strictObject({
  kind: v.literal('sns'),
  ...every,
  topics: v.pipe(v.array(TopicArn), v.minLength(1), v.maxLength(20)),
  raw: v.optional(v.boolean()),
  /** The topics deliver to the function itself: no address, no signature, and each is of one source. */
  lambda: v.optional(v.boolean()),
  incidents: v.optional(Incidents),
});
export const JsonSource = v.strictObject({
  kind: v.literal('json'),
  ...every,
  hmac: v.optional(Hmac),
  template: v.optional(Templates),
});

/** Where a sender that exists is let in, and where what it says goes. */
export const PutSource = v.variant('kind', [RobotSource, AlertmanagerSource, SnsSource, JsonSource]);
export type PutSource = v.InferOutput<typeof PutSource>;
export type SourceKind = PutSource['kind'];
