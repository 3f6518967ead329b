import * as v from 'valibot';

const text = v.pipe(v.string(), v.nonEmpty());
const people = v.pipe(v.array(text), v.minLength(1));
/** Name of the DingTalk app that sends; the only app when left out. */
const app = v.optional(text);

const DAY_MS = 86_400_000;

/** What this destination takes of the files that are shared with it; DingTalk's own limits hold all the same. */
const files = v.optional(
  v.strictObject({
    maxBytes: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
    /** Extensions, in lower case and without their dot. */
    types: v.optional(v.pipe(v.array(v.pipe(v.string(), v.regex(/^[a-z0-9]+$/))), v.minLength(1))),
    /** Never the file itself, always a card with a download link. */
    linkOnly: v.optional(v.boolean()),
  }),
);

/** Texts that come within so long of each other go as one message, with counts; others than texts go by themselves. */
const merge = v.optional(
  v.strictObject({ windowMs: v.pipe(v.number(), v.integer(), v.minValue(1_000), v.maxValue(3_600_000)) }),
);

/** The most people or departments of one destination: a longer list is several destinations. */
const MOST = 2_000;
const Robot = {
  /** The value behind `access_token=` in the group's webhook address. */
  accessToken: text,
  /** The `SEC…` text when the robot signs. */
  secret: v.optional(text),
};
const robotSettings = {
  /** Another pace than DingTalk's 20 messages a minute. */
  pace: v.optional(
    v.strictObject({
      messages: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)),
      perMs: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(DAY_MS)),
      /** How long DingTalk is left alone after a "too fast"; its documents say ten minutes. */
      penaltyMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(DAY_MS))),
    }),
  ),
  /** The group is an external one: its robots cannot mention (messaging.md §2.3). */
  external: v.optional(v.boolean()),
  files,
  merge,
};

const CustomRobot = v.strictObject({ kind: v.literal('custom-robot'), ...Robot, ...robotSettings });
/** Several robots of one group behind one name: a message goes by the one that is free first. */
const CustomRobotPool = v.strictObject({
  kind: v.literal('custom-robot-pool'),
  robots: v.pipe(v.array(v.strictObject(Robot)), v.minLength(1), v.maxLength(20)),
  ...robotSettings,
});
const RobotGroup = v.strictObject({ kind: v.literal('robot-group'), openConversationId: text, app, files, merge });
const RobotUsers = v.strictObject({
  kind: v.literal('robot-users'),
  userIds: v.pipe(people, v.maxLength(MOST)),
  app,
  files,
  merge,
});
const WorkNotification = v.pipe(
  v.strictObject({
    kind: v.literal('work-notification'),
    userIds: v.optional(v.pipe(people, v.maxLength(MOST))),
    departmentIds: v.optional(v.pipe(v.array(v.pipe(v.number(), v.safeInteger())), v.minLength(1), v.maxLength(MOST))),
    all: v.optional(v.boolean()),
    app,
    files,
    merge,
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
    files,
    merge,
  }),
  v.check((d) => Boolean(d.chatId) !== Boolean(d.sender && d.cid), 'needs chatId, or sender and cid'),
);

/** Members that every JavaScript object has: records keyed by names must not hold them. */
const RESERVED = ['__proto__', 'prototype', 'constructor'];

/** A destination's name. It is a path segment of uploads too, so it is kept plain. */
export const DestinationName = v.pipe(
  v.string(),
  v.regex(/^[\p{L}\p{N}_.-]{1,64}$/u, 'a name has 1 to 64 letters, digits, "_", "." or "-"'),
  v.check((name) => !RESERVED.includes(name), 'this name is reserved'),
);

/** A named target of messages. */
export const Destination = v.variant('kind', [
  CustomRobot,
  CustomRobotPool,
  RobotGroup,
  RobotUsers,
  WorkNotification,
  Conversation,
]);
export type Destination = v.InferOutput<typeof Destination>;
export type DestinationKind = Destination['kind'];

/** Where destinations are kept. `get` answers undefined for a name nobody registered. */
export type DestinationStore = { get(name: string): Promise<Destination | undefined> };

const PEOPLE = /^@([^:]*):(.+)$/;

/** The name of a destination that nobody registers: these people, each one to one, by the robot of an app. */
export function nameOfPeople(app: string, userIds: readonly string[]): string {
  return `@${encodeURIComponent(app)}:${userIds.map(encodeURIComponent).join(',')}`;
}

/** Destinations with those that `nameOfPeople` names: for what delivers, not for what takes names from outside. */
export function withPeople(destinations: DestinationStore): DestinationStore {
  return {
    async get(name) {
      const [, app = '', userIds] = PEOPLE.exec(name) ?? [];
      if (userIds === undefined) return destinations.get(name);
      const people = userIds.split(',').map(decodeURIComponent);
      return { kind: 'robot-users', userIds: people, app: decodeURIComponent(app) };
    },
  };
}
