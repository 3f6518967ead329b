import * as v from 'valibot';
import { readMobile, readPerson, readUserId } from '../lib/base/people/person.ts';

/** A text that is not empty. */
export const Text = v.pipe(v.string(), v.nonEmpty());
/** What an address has to be. */
export const URL_TEXT = 'takes a full address, such as https://example.com/1.2';
const SCHEMES = ['http:', 'https:', 'dingtalk:'];
const SCHEME_TEXT = 'takes an address of http, https or dingtalk';
/** DingTalk opens an address as it stands: one of another scheme could run something. */
const isOpened = (text: string) => !URL.canParse(text) || SCHEMES.includes(new URL(text).protocol);
export const Url = v.pipe(
  v.string(),
  v.url(URL_TEXT),
  v.check(isOpened, SCHEME_TEXT),
  v.examples(['https://example.com/1.2']),
);
/** A picture: an address, or an id of DingTalk's. */
export const Picture = v.pipe(Text, v.maxLength(2048), v.check(isOpened, SCHEME_TEXT));

/** Names of destinations have 64 characters; a longer one is none that is known. */
export const Name = v.pipe(Text, v.normalize('NFC'), v.maxLength(64));
/** An id of DingTalk's, or a token. */
export const Id = v.pipe(Text, v.maxLength(128));

/** Whether a time can be read and its day is one: `2026-02-30` would become another day. */
function isMoment(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return !Number.isNaN(Date.parse(text)) && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

const TIME = 'takes a date and time with its zone, such as 2026-01-31T08:00:00Z';
/** The pattern alone also takes offsets that nothing reads. */
export const Timestamp = v.pipe(
  v.string(),
  v.isoTimestamp(TIME),
  v.check(isMoment, `${TIME}, on a day that exists`),
  v.examples(['2026-01-31T08:00:00Z']),
);

/** One name of a destination or several; read as a list. */
export const To = v.union([
  v.pipe(
    Name,
    v.transform((one) => [one]),
  ),
  v.pipe(v.array(Name), v.minLength(1), v.maxLength(20)),
]);

/* @__NO_SIDE_EFFECTS__ */
const person = (read: (text: string) => string | undefined, form: string) =>
  v.pipe(
    Id,
    v.maxBytes(64), // as DingTalk's; a record holds hundreds of them
    v.check((text) => read(text) !== undefined, form),
    v.transform((text) => read(text) ?? text),
    v.maxBytes(64), // what is read may be longer: one sign can be short for six
  );
/** A userId; an `@` and blanks around it are taken off. */
export const UserId = person(readUserId, 'cannot be a person: it takes a userId, such as zhangsan');
/** A mobile number in one of the usual forms; read as DingTalk takes it. */
export const Mobile = person(
  readMobile,
  'cannot be a mobile number: it takes 11 digits, such as 13800000001, or +country-number for other countries',
);
/** A person in one text: a mobile number, or an id of DingTalk's. */
export const PersonText = person(
  (text) => readPerson(text)?.id,
  'cannot be a person: it takes a userId, a mobile number or a unionId',
);

/** DingTalk's cap on mentioned people (messaging.md §2.3). */
export const MAX_MENTIONS = 50;
/* @__NO_SIDE_EFFECTS__ */
const mentioned = <S extends v.GenericSchema>(one: S) => v.pipe(v.array(one), v.maxLength(MAX_MENTIONS));

/**
 * Who is to be notified. `fallback: "text"` accepts that a kind without mentions shows the names only, `"none"` that it
 * leaves them out.
 */
export const Mention = v.strictObject({
  users: v.optional(mentioned(UserId)),
  mobiles: v.optional(mentioned(Mobile)),
  all: v.optional(v.boolean()),
  fallback: v.optional(v.picklist(['refuse', 'text', 'none'])),
});
export type Mention = v.InferOutput<typeof Mention>;

const DAY_TEXT = 'takes a day (UTC), such as 2026-01-31';
export const Day = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, DAY_TEXT),
  v.check((day) => !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day), DAY_TEXT),
);

/** How many entries a page has at most. */
const LIMIT_TEXT = 'takes a whole number from 1 to 100';
export const Limit = v.pipe(v.string(), v.regex(/^([1-9]\d?|100)$/, LIMIT_TEXT), v.transform(Number));

/** Where the next page of a list begins; opaque to callers. */
export const Cursor = v.pipe(Text, v.maxLength(2048));

type Given = Record<string, unknown>;

/**
 * A rule between the members of an object, with a code of its own. It is held against the members that are right even when
 * others are wrong, so that a caller learns every fault at once.
 */
// @__NO_SIDE_EFFECTS__
export function rule<T extends object>(code: string, text: string, holds: (given: Given) => boolean) {
  return v.rawCheck<T>(({ dataset, addIssue }) => {
    const { value } = dataset;
    const given = v.safeParse(v.record(v.string(), v.unknown()), value);
    if (given.success && !holds(given.output)) addIssue({ message: `${code}: ${text}` });
  });
}

/** A bound on all of a list together, as JSON: DynamoDB takes 400 kB an item, whatever each entry may have. */
// @__NO_SIDE_EFFECTS__
export function together<T>(mostBytes: number) {
  const text = `takes ${mostBytes} bytes of JSON at most, all entries together`;
  const bytesOf = (list: T[]) => new TextEncoder().encode(JSON.stringify(list)).length;
  return ofAll<T>('too_long', text, (list) => bytesOf(list) <= mostBytes);
}

/** A rule for a list as a whole, with a code. */
// @__NO_SIDE_EFFECTS__
export function ofAll<T>(code: string, text: string, holds: (list: T[]) => boolean) {
  return v.rawCheck<T[]>(({ dataset, addIssue }) => {
    if (dataset.typed && !holds(dataset.value)) addIssue({ message: `${code}: ${text}` });
  });
}

/** What was shared leaves the bucket some day. */
export const MAX_LINK_DAYS = 90;
