import type * as v from 'valibot';
import type { PersonOutcome as Outcome } from '../../../contract/records/messages.ts';
import { ServiceError } from '../../base/errors.ts';
import type { DingTalk } from '../../dingtalk/client.ts';
import type { RobotMessage } from '../../dingtalk/robot.ts';
import type { Readers } from '../../dingtalk/sent-messages.ts';
import type { SessionWebhook } from '../../dingtalk/session-webhook.ts';
import type { Webhook } from '../../dingtalk/webhook.ts';
import type { Content } from '../content.ts';
import type { Destination, DestinationKind } from '../destination.ts';
import type { QuotaName } from '../limits/meter.ts';
import type { Mention } from '../mention.ts';

export type DestinationOf<K extends DestinationKind> = Extract<Destination, { kind: K }>;

/** What differs from one kind of destination to another; the rest of the house asks for it here. */
export type Kind<D extends Destination = Destination> = {
  carries: readonly Content['kind'][];
  /** Contents in which people can be mentioned so that DingTalk notifies them. */
  mentions: readonly Content['kind'][];
  /** Buttons of an action card. */
  maxButtons: number;
  /** DingTalk's limit in UTF-8 bytes, of what `measured` is (messaging.md §2.5, §3.1, §5.1, §6). */
  maxBytes: number;
  /** A link needs a picture; elsewhere it is optional. */
  linkNeedsPicture?: true;
  /** Whether an `oa` may have a status bar. */
  takesStatus?(to: D): boolean;
  /** The most bytes of a file, where they are fewer than DingTalk takes as media. */
  maxFileBytes?: number;
  /** An image that DingTalk refuses is not sent as a file either. */
  imageAsFile?: false;
  /** The quota of the month that its calls count against. */
  quota: QuotaName;
  /** Its own pace; without one the app's calls of this kind share one. */
  pace?(to: D): Pace;
  /** What two names of one target share, so that they share its limits; all of it when left out. */
  identity?(to: D): string;
  /** DingTalk recognises a repeat of the same message by its key, and shows it once. */
  repeatShowsOnce?: true;
  /** The robots of which each could send a message by itself. */
  robots?(to: D): Destination[];
  /** The destination in as few parts as DingTalk's limits of receivers allow, a call each; one when left out. */
  batches?(to: D): D[];
  /** The destination with these people alone, whom DingTalk throttled. */
  again?(to: D, userIds: string[]): D;
  /** The destination with word on whether DingTalk is asked whom a call reached; `false`: nothing is told of it. */
  asking?(to: D, confirm: boolean | undefined): D;
  /** Whom it names; who is in a group, only DingTalk knows. */
  reach?(to: D): Reach;
  /** Where the app's robot puts cards, and files of DingTalk's drive. */
  spaces?(to: D): Space[];
  render(content: Content, mention: Mention | undefined): Rendered;
  /** `uuid` is the same for every try of the same message. */
  send(calls: Calls, to: D, message: { rendered: Rendered; uuid: string }): Promise<Sent>;
  /** Recalls what was sent; answers why not, of each receipt that DingTalk refused. */
  recall?(apps: Apps<'sentMessages'>, from: D, receipts: string[]): Promise<Record<string, string>>;
  readers?(apps: Apps<'sentMessages'>, of: D, receipt: string): Promise<Readers>;
};

/** At most `messages` in any `perMs` milliseconds; a call that takes longer than `punctualMs` counts as late. */
export type Pace = { messages: number; perMs: number; punctualMs?: number };
export type Reach = { everybody?: true; people?: number | undefined; departments?: number | undefined };
export type Space = { openConversationId: string } | { userId: string };

export type Json = Record<string, unknown>;
/** A message as DingTalk takes it. `measured` is the part whose UTF-8 bytes DingTalk limits. */
export type Rendered =
  | { form: 'webhook'; body: Json; measured: Json; mentioned: string[] }
  | { form: 'reply'; body: Json; byApp: RobotMessage; measured: Json; mentioned: string[] }
  | { form: 'robot'; msgKey: string; msgParam: Record<string, string>; measured: Json }
  | {
      form: 'card';
      templateId: string;
      routeKey?: string | undefined;
      params: Record<string, string>;
      measured: Json;
    }
  | { form: 'cardChange'; params: Record<string, string>; measured: Json }
  | { form: 'msg'; msg: Json; measured: Json };

/** DingTalk's answer: its id of the message, and what it says of each person, or that it does not say. */
export type Sent = { receipt?: string; people?: PersonOutcome[] };
export type PersonOutcome = v.InferOutput<typeof Outcome>;

/** The app of a destination; undefined stands for the default app. */
export type Apps<Area extends keyof DingTalk = keyof DingTalk> = (name?: string) => Pick<DingTalk, Area>;
export type Calls = {
  appNamed: Apps;
  webhook: Webhook;
  /** The session webhook of what somebody wrote to the robot of this app. */
  sessionOf(app: string): SessionWebhook;
  now(): number;
  sleep(ms: number): Promise<void>;
};

export function unconfirmed(people: readonly string[] = []): PersonOutcome[] {
  return people.map((userId) => ({ userId, outcome: 'unconfirmed' }));
}

export function notCarried(): ServiceError {
  return new ServiceError('messages.send', { code: 'content_not_carried', retryable: false });
}
