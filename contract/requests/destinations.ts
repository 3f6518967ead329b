import * as v from 'valibot';
import { Quiet, TimeZone } from '../../lib/base/people/hours.ts';
import { Cursor, Id, Limit, Name, rule, UserId } from '../values.ts';

const DAY_MS = 86_400_000;
/** The most people or departments of one destination: a longer list is several destinations. */
const MOST = 2_000;
/* @__NO_SIDE_EFFECTS__ */
const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const TopicArn = v.pipe(
  v.string(),
  v.regex(
    /^arn:aws(-cn|-us-gov)?:sns:[a-z0-9-]{1,32}:\d{12}:[\w-]{1,256}$/,
    'takes the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:123456789012:dingtalk-is-gone',
  ),
);
const userIds = v.pipe(v.array(UserId), v.minLength(1), v.maxLength(MOST));

/** What a destination takes of the files that are shared with it; DingTalk's own limits hold all the same. */
export const FileRules = v.strictObject({
  maxBytes: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  types: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          v.string(),
          v.maxLength(20),
          v.regex(/^[a-z0-9]+$/, 'takes an extension in lower case without a dot, such as pdf'),
        ),
      ),
      v.minLength(1),
      v.maxLength(100),
    ),
  ),
  linkOnly: v.optional(v.boolean()),
});
/** Texts and Markdown that come within this time are merged into one message, with counts. */
export const MergeRule = v.strictObject({ windowMs: whole(1_000, 3_600_000) });
/** Hours in which only what is urgent is sent; the rest waits for their end. The zone is the app's when left out. */
export const QuietHours = v.strictObject({ ...Quiet.entries, timeZone: v.optional(TimeZone) });
/** Where messages go instead while DingTalk, or what is left of its month, is gone for longer than `afterMs`; urgent ones at once. */
export const Fallback = v.pipe(
  v.strictObject({
    to: v.optional(Name),
    topicArn: v.optional(TopicArn),
    afterMs: v.optional(whole(0, DAY_MS)),
  }),
  rule('fallback_missing', 'needs to or topicArn, and not both', (d) => Boolean(d.to) !== Boolean(d.topicArn)),
);
export type Fallback = v.InferOutput<typeof Fallback>;
/** Another pace than DingTalk's 20 messages a minute. */
export const Pace = v.strictObject({
  messages: whole(1, 1_000),
  perMs: whole(1, DAY_MS),
  penaltyMs: v.optional(whole(0, DAY_MS)),
});
/** What DingTalk's dialog shows when a robot is made: its address, and its secret if it signs. */
const ADDRESS = /^https?:\/\//i;
const NO_TOKEN = 'takes the token of the robot, or its address https://oapi.dingtalk.com/robot/send?access_token=…';
const AccessToken = v.pipe(
  v.string(),
  v.maxLength(2048),
  v.transform(tokenIn),
  v.nonEmpty(),
  v.check((token) => !ADDRESS.test(token) && token.length <= 128, NO_TOKEN),
);
const Secret = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(128));
export const Robot = v.strictObject({ accessToken: AccessToken, secret: v.optional(Secret) });

/** The token of a robot's address; another text stays as it is. */
function tokenIn(pasted: string): string {
  const text = pasted.trim();
  return (ADDRESS.test(text) && URL.canParse(text) && new URL(text).searchParams.get('access_token')) || text;
}

/** What a robot with the security setting "keyword" wants in each message; empty: it wants none. */
const keyword = v.optional(v.pipe(v.string(), v.maxLength(64)));
/** What every kind takes. */
const every = {
  files: v.optional(FileRules),
  merge: v.optional(MergeRule),
  quiet: v.optional(QuietHours),
  fallback: v.optional(Fallback),
};
export const robotEntries = {
  keyword,
  pace: v.optional(Pace),
  external: v.optional(v.boolean()),
  mentionInText: v.optional(v.boolean()),
  ...every,
};
/** The only app, or the first one, when left out. */
const byApp = { app: v.optional(Name), ...every };

export const CustomRobot = v.strictObject({ kind: v.literal('custom-robot'), ...Robot.entries, ...robotEntries });
/** Several robots of one group: a message is sent by the first one that has a free slot. */
export const CustomRobotPool = v.strictObject({
  kind: v.literal('custom-robot-pool'),
  robots: v.pipe(v.array(Robot), v.minLength(1), v.maxLength(20)),
  ...robotEntries,
});
export const RobotGroup = v.strictObject({ kind: v.literal('robot-group'), openConversationId: Id, ...byApp });
export const RobotUsers = v.strictObject({ kind: v.literal('robot-users'), userIds, ...byApp });
export const notified = v.strictObject({
  kind: v.literal('work-notification'),
  userIds: v.optional(userIds),
  departmentIds: v.optional(v.pipe(v.array(v.pipe(v.number(), v.safeInteger())), v.minLength(1), v.maxLength(MOST))),
  all: v.optional(v.boolean()),
  confirm: v.optional(v.boolean()),
  ...byApp,
});
export const WorkNotification = v.pipe(
  notified,
  rule('receiver_missing', 'needs userIds, departmentIds or all', (d) =>
    Boolean(d.userIds ?? d.departmentIds ?? d.all),
  ),
);
/** The legacy group calls, for apps that still hold the right: by `chatId`, or as `sender` into the picked `cid`. */
export const Conversation = v.pipe(
  v.strictObject({
    kind: v.literal('conversation'),
    chatId: v.optional(Id),
    sender: v.optional(UserId),
    cid: v.optional(Id),
    ...byApp,
  }),
  rule(
    'conversation_missing',
    'needs chatId, or sender and cid',
    (d) => Boolean(d.chatId) !== Boolean(d.sender && d.cid),
  ),
);

/** A custom robot as DingTalk's dialog shows it. */
export const PastedRobot = v.strictObject({
  kind: v.optional(v.literal('custom-robot')),
  webhook: AccessToken,
  secret: v.optional(Secret),
  ...robotEntries,
});

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

/** Where somebody wrote to an app's robot. Nobody registers one: it comes with what they wrote, and `address` is a secret. */
export const ReplyPlace = v.object({
  kind: v.literal('reply'),
  app: v.string(),
  /** The session webhook, and until when it may live (epoch ms). */
  address: v.optional(v.string()),
  until: v.number(),
  /** Until then (epoch ms) an answer is taken. */
  answerBy: v.number(),
  /** Where the app's robot reaches the same people. */
  group: v.optional(v.string()),
  people: v.optional(v.array(v.string())),
  ...every,
});
export type ReplyPlace = v.InferOutput<typeof ReplyPlace>;
export const KINDS = /* @__PURE__ */ Destination.options.map(({ entries }) => entries.kind.literal);

/** A page of the destinations. */
export const ListDestinations = v.strictObject({ limit: v.optional(Limit), cursor: v.optional(Cursor) });
export type ListDestinations = v.InferOutput<typeof ListDestinations>;

/** A destination as it is registered. */
export const PutDestination = v.union([Destination, PastedRobot]);
