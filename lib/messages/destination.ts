import * as v from 'valibot';

const text = v.pipe(v.string(), v.nonEmpty());
const people = v.pipe(v.array(text), v.minLength(1));
/** Name of the DingTalk app that sends; the only app when left out. */
const app = v.optional(text);

const CustomRobot = v.strictObject({
  kind: v.literal('custom-robot'),
  /** The value behind `access_token=` in the group's webhook address. */
  accessToken: text,
  /** The `SEC…` text when the robot signs. */
  secret: v.optional(text),
  /** Messages a minute, when the group's robot is allowed another figure than DingTalk's 20. */
  pace: v.optional(v.strictObject({ messages: v.pipe(v.number(), v.integer(), v.minValue(1)), perMs: v.number() })),
});
const RobotGroup = v.strictObject({ kind: v.literal('robot-group'), openConversationId: text, app });
const RobotUsers = v.strictObject({ kind: v.literal('robot-users'), userIds: v.pipe(people, v.maxLength(20)), app });
const WorkNotification = v.pipe(
  v.strictObject({
    kind: v.literal('work-notification'),
    userIds: v.optional(v.pipe(people, v.maxLength(100))),
    departmentIds: v.optional(v.pipe(v.array(v.pipe(v.number(), v.integer())), v.minLength(1), v.maxLength(20))),
    all: v.optional(v.boolean()),
    app,
  }),
  v.check((d) => Boolean(d.userIds ?? d.departmentIds ?? d.all), 'needs userIds, departmentIds or all'),
);
/** The legacy group calls, for apps that still hold the right: by `chatId`, or as `sender` into the picked `cid`. */
const Conversation = v.pipe(
  v.strictObject({
    kind: v.literal('conversation'),
    chatId: v.optional(text),
    sender: v.optional(text),
    cid: v.optional(text),
    app,
  }),
  v.check((d) => Boolean(d.chatId) !== Boolean(d.sender && d.cid), 'needs chatId, or sender and cid'),
);

/** A named target of messages. Limits of the lists: messaging.md §3.2, §5.1. */
export const Destination = v.variant('kind', [CustomRobot, RobotGroup, RobotUsers, WorkNotification, Conversation]);
export type Destination = v.InferOutput<typeof Destination>;
export type DestinationKind = Destination['kind'];

/** Where destinations are kept. `get` answers undefined for a name nobody registered. */
export type DestinationStore = { get(name: string): Promise<Destination | undefined> };
