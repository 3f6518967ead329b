import * as v from 'valibot';
import { Quiet, TimeOfDay, TimeZone } from '../base/people/hours.ts';

const Text = v.pipe(v.string(), v.minLength(1));

export const TokenSource = v.picklist(['accessToken', 'gettoken', 'gettoken-corp']);
export type TokenSource = v.InferOutput<typeof TokenSource>;

/** Proof and key of the event door: token as the console or the old API takes it, 43 letters and digits of key. */
export const CallbackKey = v.strictObject({
  token: v.pipe(v.string(), v.minLength(3), v.maxLength(63)),
  aesKey: v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{43}$/)),
});
export type CallbackKey = v.InferOutput<typeof CallbackKey>;

/** One DingTalk app of one organisation. */
export const DingTalkApp = v.pipe(
  v.strictObject({
    name: Text,
    corpId: Text,
    /** Client ID */
    appKey: Text,
    /** An ISV app's events are sealed for its suite (callbacks.md §2.3). */
    suiteKey: v.optional(Text),
    /** Client Secret */
    appSecret: Text,
    /** Work notifications need it. */
    agentId: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
    /** An app's own robot has the app key as its code. */
    robotCode: v.optional(Text),
    tokenSource: v.optional(TokenSource),
    /** For `gettoken-corp`, the credential of the platform's early years. */
    corpSecret: v.optional(Text),
    /** Who creates to-dos, and acts in the drive. */
    operatorUserId: v.optional(Text),
    /** Files too large for a message go through DingTalk's drive, in the operator's name: the folder they are put in. */
    drive: v.optional(v.strictObject({ folder: Text })),
    /** Two while they are being changed; none without an event door. */
    callbacks: v.array(CallbackKey),
    /**
     * How often reconcile asks for what could not be pushed. Every 5 minutes is some 8,900 calls a month, and the
     * standard edition has 5,000 in all (messaging.md §8.2): an hour leaves room for messages.
     */
    failedListMinutes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(5), v.maxValue(1440)), 60),
    /** What its people know it as: pages and histories name it; else `name` does. */
    title: v.optional(v.pipe(Text, v.maxLength(64))),
    /**
     * Its people sign in where links lead: the app has a web page (网页应用), and the stage's addresses are entered in the
     * console. Without it links show what they name to whoever has them, and personal ones act.
     */
    signIn: v.optional(v.boolean()),
    /** Language of what dingdock itself writes to its people. */
    language: v.optional(v.picklist(['zh', 'en']), 'zh'),
    /** Time zone of its people, for written times and for the start of a day. */
    timeZone: v.optional(TimeZone, 'Asia/Shanghai'),
    /** The card for tasks, made in the card platform, and the route that its taps take. */
    taskCard: v.optional(v.strictObject({ templateId: Text, routeKey: Text })),
    /** Cards with buttons: a template with the variables of DingTalk's own, and the route that their taps take. */
    buttonCard: v.optional(v.strictObject({ templateId: v.optional(Text), routeKey: v.optional(Text) })),
    /** Quiet hours: no reminders and no overdue notices. */
    quiet: v.optional(Quiet),
    /** When people get the daily list of their open tasks, and which destinations get one. */
    digest: v.optional(
      v.strictObject({ at: TimeOfDay, people: v.optional(v.boolean()), destinations: v.optional(v.array(Text)) }),
    ),
    /** `apiSecret`s registered for card callbacks. */
    cardSecrets: v.array(Text),
  }),
  v.check(
    (app) => app.tokenSource !== 'gettoken-corp' || app.corpSecret !== undefined,
    'gettoken-corp needs corpSecret',
  ),
  v.check((app) => !app.drive || app.operatorUserId !== undefined, 'drive needs operatorUserId'),
  v.transform((app) => ({ ...app, robotCode: app.robotCode ?? app.appKey })),
);
export type DingTalkApp = v.InferOutput<typeof DingTalkApp>;
