import { isObject, isTextList, type JsonObject } from '../json.ts';
import { isRefusalId } from './refusals.ts';

/** DingTalk's figures, each with the place it comes from; all can be changed for a test. */
export type Settings = {
  /** Refusals that are switched off, by their ids in refusals.ts; for tests of tests. */
  without: string[];
  /** The HTTP status of an unknown `/v1.0/…` path: 404 by inference (messaging.md §8.1). */
  unknownActionStatus: number;
  /** messaging.md §1.5 */
  tokenLifeSeconds: number;
  /** Old-host tokens on the new host are unproven (messaging.md §1.6), so they are refused unless this is set. */
  oldTokenOnNewHost: boolean;
  /** Custom robot: messages a window, and the block that follows one too many (messaging.md §2.5). */
  robotWindow: { limit: number; windowMs: number; penaltyMs: number };
  /** 660026 in captures, 130101 and 410100 elsewhere (messaging.md §2.4). */
  robotThrottleCode: number;
  /** 300005 in captures of 2026, 300001 up to 2020, 400101 in the documents (messaging.md §2.4). */
  robotUnknownCode: number;
  /** 460101 since 2020, 101002 before (messaging.md §2.4). */
  robotTooLongCode: number;
  /** What one app robot may do a minute before `send.too.fast`, `too.many.group` and `too.many.people`; DingTalk
   * publishes no figures, so 0 is no limit (messaging.md §3.6). */
  appRobotMinute: { messages: number; groups: number; people: number };
  /** People a minute who can get a notification of one app; who is over is left out with 143103 (messaging.md §5.3, §5.5). */
  notifiedPerMinute: number;
  /** Notifications a day for one person from one app; who is over is left out with 143105 (messaging.md §5.3). */
  notifiedPerDay: number;
  /** 40006 in the table of sizes; 45001 and 41102 stand for it elsewhere (files.md §1.4, §10). */
  mediaTooLargeCode: number;
  /** Per app and API (messaging.md §8.2). */
  qps: number;
  /** Per app and API a minute; DingTalk publishes no figure, so 0 is none (messaging.md §8.2). */
  qpm: number;
  /** API calls of the organisation a month, standard edition (messaging.md §8.2). */
  monthlyQuota: number;
  /** Calls of all APIs from one address within a window, then a page instead of answers (messaging.md §8.2). */
  addressWindow: { limit: number; windowMs: number; penaltyMs: number };
  /** Event types the app ticked in the console, which calls and readers bring about: todo_task_*, chat_*, robot_msg_*
   * (callbacks.md §1.5, §4). None at first; what /_sim/events posts goes out in any case. */
  subscribedEvents: string[];
  /** callbacks.md §2.5 */
  pushDeadlineMs: number;
  retryPlanMs: number[];
  /**
   * DingTalk shows an entry 3-5 minutes after the last retry (callbacks.md §1.1); 0 here, so that tests need not wait.
   */
  failedListDelayMs: number;
  /** 90 minutes in DingTalk's samples (messaging.md §4). */
  sessionLifeMs: number;
  /**
   * Not documented; 5 minutes in the predecessor of this call (files.md §3). Holds for the code and for the address.
   */
  downloadLifeMs: number;
  /**
   * Whether an `@…` has to stand in a message besides the `at` object for anybody to be notified. Sources disagree for
   * `text` (else the client draws the names from `at`, a second time where they are written) and for `isAtAll` in
   * markdown; for actionCard `@所有人` is always needed. `atUserIds` of a card are reported to notify nobody
   * (interactive.md §1).
   */
  mentions: { textNeedsToken: boolean; markdownAllNeedsToken: boolean; cardsNotify: boolean };
  /** sampleMarkdown without a title: the documents ask for it, bots in use leave it out (messaging.md §3.7). */
  markdownNeedsTitle: boolean;
  /** Webhook & Stream: events and robot messages a month, standard edition (messaging.md §2.5, callbacks.md §1.5). */
  webhookQuota: number;
  /** Whether a card's callbacks count in Webhook & Stream: not known (interactive.md §12, doubt 4). */
  cardCallbacksCharged: boolean;
  /**
   * Stream mode (interactive.md §9.3, callbacks.md §8): life of a ticket, time for an answer, time between the server's
   * pings and from `disconnect` to the end. A robot message without an answer is said to come again after about a
   * minute; 0 is never. Sources disagree on whether a new connection ends the earlier ones, whether an event's answer needs
   * a status (Alibaba's client for Python gives none), and whether a client that accepts anything gets XML.
   */
  stream: {
    ticketMs: number;
    deadlineMs: number;
    pingMs: number;
    disconnectMs: number;
    robotRepeatMs: number;
    oneConnection: boolean;
    eventNeedsStatus: boolean;
    anyAcceptIsJson: boolean;
  };
  /**
   * Sign-in (identity.md §7): life of a code; what the client does when a page asks (`answers`, `cancels`, `silent`); 3 or 9
   * for a host that nobody entered; redirect addresses by the letter instead of scheme and host; whether strangers are
   * stopped at the page of an internal app, which sources doubt.
   */
  signIn: {
    codeMs: number;
    client: string;
    hostErrorCode: string;
    redirectLiteral: boolean;
    outsidersStopped: boolean;
  };
  /** Whether DingTalk's servers fetch the links of messages, as far as they lead to this machine (identity.md §0, fact 11). */
  linkPreviews: boolean;
  /** When an event without an answer, or with LATER, comes again by Stream; one report names these times (callbacks.md §2.5). */
  streamRetryPlanMs: number[];
  /** callbacks.md §7.4 */
  cardDeadlineMs: number;
  /**
   * What is doubted of DingTalk's public templates: whether taps of theirs come by HTTP, whether the template with link
   * buttons calls back; and where streamed text ends, 0 is nowhere (interactive.md §2.1, §2.4).
   */
  cards: { officialTapsByHttp: boolean; linkTemplateCallsBack: boolean; streamBytes: number };
  /** The organisation's drive; the figure is ours, since plans differ (files.md §5.2). */
  driveQuotaBytes: number;
  /** How long a signed drive address lives; 900 in every sample (files.md §5.2). */
  driveLinkSeconds: number;
  /** Real answers carry China time in words, the documents promise ISO 8601 (files.md §5.6). */
  driveTimesIso: boolean;
  /** Whether the v2 commit takes an uploadKey of v1 is not known (files.md §5.3), so it does not. */
  v2CommitTakesV1Key: boolean;
  /** An uncertified organisation gets 403 orgAuthLevelNotEnough for downloads (files.md §5.5). */
  orgCertified: boolean;
  /** DingTalk refuses addresses that are not public with 71013 (callbacks.md §1.2); the simulator allows local ones. */
  privateCallbackAddresses: boolean;
  /** What the content check objects to: beginnings of addresses, and words (messaging.md §3.6, class M). */
  unsafeUrls: string[];
  forbiddenWords: string[];
  /** The same for a message as a whole: 430104 and contain.notAllowed.content. */
  forbiddenContents: string[];
  /** Messages, calls and the like that are kept; the oldest are deleted, so that memory stays bounded. */
  mostKept: number;
  /** A cid of /message/send_to_conversation is good for one message (messaging.md §6.6). */
  cidOnce: boolean;
  /** People whom batchSend answers as flowControlledStaffIdList (messaging.md §3.2). */
  flowControlledUsers: string[];
  /** To-dos of an app: whether people can tick them off in the list, and see the description (callbacks.md §9.1). */
  todo: { tickable: boolean; descriptionShown: boolean };
  /** Reading one to-do by its id or sourceId is in the SDK, but on no page of the documents (callbacks.md §9.4). */
  todoCanBeRead: boolean;
  /** A client that puts the unionId of convFile calls into the body instead of the query (files.md §5.1). */
  unionIdInBody: boolean;
  /** A USER who gets a right is named by userId on one page, by unionId on another (files.md §5.5). */
  driveMembersByUnionId: boolean;
  /**
   * DING is there in the Pro and Exclusive editions only; text messages and calls need a pack that was bought
   * (callbacks.md §9.5).
   */
  dingEdition: boolean;
  dingPack: number;
};

export const defaults: Settings = {
  without: [],
  unknownActionStatus: 404,
  tokenLifeSeconds: 7200,
  oldTokenOnNewHost: false,
  robotWindow: { limit: 20, windowMs: 60_000, penaltyMs: 600_000 },
  robotThrottleCode: 660026,
  robotUnknownCode: 300005,
  robotTooLongCode: 460101,
  appRobotMinute: { messages: 0, groups: 0, people: 0 },
  notifiedPerMinute: 5000,
  notifiedPerDay: 500,
  mediaTooLargeCode: 40006,
  qps: 20,
  qpm: 0,
  monthlyQuota: 5000,
  addressWindow: { limit: 10_000, windowMs: 20_000, penaltyMs: 300_000 },
  subscribedEvents: [],
  pushDeadlineMs: 2500,
  retryPlanMs: [10_000, 30_000],
  failedListDelayMs: 0,
  sessionLifeMs: 5_400_000,
  downloadLifeMs: 300_000,
  mentions: { textNeedsToken: true, markdownAllNeedsToken: true, cardsNotify: false },
  markdownNeedsTitle: true,
  webhookQuota: 3000,
  cardCallbacksCharged: true,
  stream: {
    ticketMs: 90_000,
    deadlineMs: 3000,
    pingMs: 60_000,
    disconnectMs: 10_000,
    robotRepeatMs: 60_000,
    oneConnection: false,
    eventNeedsStatus: true,
    anyAcceptIsJson: false,
  },
  signIn: { codeMs: 300_000, client: 'answers', hostErrorCode: '3', redirectLiteral: false, outsidersStopped: false },
  linkPreviews: true,
  streamRetryPlanMs: [10_000, 30_000, 60_000, 120_000],
  cardDeadlineMs: 2000,
  cards: { officialTapsByHttp: false, linkTemplateCallsBack: false, streamBytes: 3072 },
  driveQuotaBytes: 100 * 1024 ** 3,
  driveLinkSeconds: 900,
  driveTimesIso: false,
  v2CommitTakesV1Key: false,
  orgCertified: true,
  privateCallbackAddresses: true,
  unsafeUrls: [],
  forbiddenWords: [],
  forbiddenContents: [],
  mostKept: 20_000,
  cidOnce: false,
  flowControlledUsers: [],
  todo: { tickable: false, descriptionShown: false },
  todoCanBeRead: false,
  unionIdInBody: false,
  driveMembersByUnionId: false,
  dingEdition: false,
  dingPack: 0,
};

/** Applies `wanted` if all of it is well-formed; else returns what is wrong and changes nothing. */
export function changeSettings(settings: Settings, wanted: JsonObject): string[] {
  const faults: string[] = [];
  const target: JsonObject = settings;
  const next: JsonObject = {};
  for (const [key, value] of Object.entries(wanted)) {
    const current = target[key];
    if (current === undefined) faults.push(`${key}: no such setting (known: ${Object.keys(defaults).join(', ')})`);
    else if (isObject(current)) next[key] = merged(key, current, value, faults);
    else if (sameShape(current, value, key)) next[key] = value;
    else faults.push(`${key}: expected ${JSON.stringify(current)} or the like`);
  }
  faults.push(...unknownRefusals(next.without));
  if (faults.length === 0) Object.assign(settings, next);
  return faults;
}

function unknownRefusals(without: unknown): string[] {
  if (!isTextList(without)) return [];
  return without.filter((id) => !isRefusalId(id)).map((id) => `without: there is no refusal ${id}`);
}

/** A group of figures or switches; those not given keep their values. */
function merged(name: string, current: JsonObject, value: unknown, faults: string[]): JsonObject {
  const known = Object.keys(current);
  if (
    isObject(value) &&
    Object.entries(value).every(([key, part]) => key in current && sameShape(current[key], part, key))
  )
    return { ...current, ...value };
  const shape = known.map((key) => `${key}: ${typeof current[key]}`).join(', ');
  faults.push(`${name}: expected {${shape}}`);
  return current;
}

function sameShape(current: unknown, value: unknown, key: string): boolean {
  if (!Array.isArray(current)) return typeof current === 'number' ? isFigure(value) : typeof value === typeof current;
  const item = key.endsWith('PlanMs') ? isFigure : (entry: unknown) => typeof entry === 'string';
  return Array.isArray(value) && value.every(item);
}

function isFigure(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
