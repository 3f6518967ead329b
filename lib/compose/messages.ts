import { createOutboxQueue } from '../aws/queues/outbox-queue.ts';
import { createDestinationTable } from '../aws/tables/destination-table.ts';
import { createLimitTable } from '../aws/tables/limit-table.ts';
import { createMergeTable } from '../aws/tables/merge-table.ts';
import { createMessageTable } from '../aws/tables/message-table.ts';
import { createLaneTable } from '../aws/tables/messages/lane-table.ts';
import { createPlaceTable } from '../aws/tables/messages/place-table.ts';
import { createPeopleTable } from '../aws/tables/people-table.ts';
import { createReplyTable } from '../aws/tables/records/reply-table.ts';
import { createTopics } from '../aws/topics.ts';
import type {
  acceptEnv,
  Config,
  costEnv,
  deliveryEnv,
  destinationsEnv,
  messagesEnv,
  peopleEnv,
  recordsEnv,
  slotsEnv,
  waitEnv,
} from '../base/config.ts';
import { ServiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { createSeal } from '../base/seal.ts';
import { createSessionWebhook } from '../dingtalk/session-webhook.ts';
import { createWebhook } from '../dingtalk/webhook.ts';
import { createLaneNotes } from '../messages/deliver/lanes.ts';
import { createSender } from '../messages/deliver/send.ts';
import { createSlotCache } from '../messages/limits/slot-cache.ts';
import type { Mention } from '../messages/mention.ts';
import { doubtfulPeople, unknownPeople } from '../messages/unknown-people.ts';
import { type DingTalkConfig, dingtalkApps, dingtalkHttp } from './apps.ts';
import { type AwsConfig, clock, dynamodb, keepingOf, randomId, sqs } from './clients.ts';
import { callMeter } from './meter.ts';
import type { Apps, OwnKeys } from './secret.ts';

type SealingKey = Pick<OwnKeys, 'sealingKey'>;

/** The one way out for messages. */
export function messageSender(config: DingTalkConfig, secret: Apps, log: Log) {
  const webhook = createWebhook({
    http: dingtalkHttp(secret),
    count: callMeter(config).count,
    oapiUrl: config.DINGTALK_OAPI_URL,
    now: clock.now,
  });
  return createSender({
    appNamed: dingtalkApps(config, secret, log),
    webhook,
    sessionOf: sessionWebhooks(config, secret),
    ...clock,
  });
}

/** Session webhooks by the name of the app that somebody wrote to. */
export function sessionWebhooks(config: DingTalkConfig, secret: Apps) {
  const session = {
    http: dingtalkHttp(secret),
    count: callMeter(config).count,
    oapiUrl: config.DINGTALK_OAPI_URL,
  };
  return (app: string) => createSessionWebhook({ ...session, app });
}

/** Looks people up who are mentioned, by the first app. */
export function peopleLookup(config: DingTalkConfig & Config<typeof peopleEnv>, apps: Apps, log: Log) {
  const people = createPeopleTable(dynamodb(config), config.TASKS_TABLE, clock.now);
  const contactsOf = () => {
    const { name: app, contacts } = dingtalkApps(config, apps, log)();
    return { app, contacts };
  };
  const deps = { people, contactsOf, now: clock.now };
  return {
    unknownPeople: (mention: Mention | undefined) => unknownPeople(deps, mention),
    doubtfulPeople: (mention: Mention) => doubtfulPeople(deps, mention),
  };
}

/** What accepting a message takes, and clocks. */
export function acceptPorts(config: Config<typeof acceptEnv>, keys: SealingKey, log: Log) {
  return {
    messages: messageTable(config, log),
    keepDays: config.KEEP_DAYS,
    destinations: destinationTable(config, keys),
    merges: createMergeTable(dynamodb(config), config.MESSAGES_TABLE, clock.now),
    outbox: createOutboxQueue(sqs(config, config.OUTBOX_QUEUE_URL), config.OUTBOX_QUEUE_URL),
    notQueued: (messageId: string, error: unknown, requestId?: string) =>
      log.error('message-enqueue-failed', {
        messageId,
        requestId,
        error: error instanceof ServiceError ? error.code : 'unknown',
      }),
    randomId,
    ...clock,
  };
}

/** What is known of slow lanes of the queue. */
export function lanePorts(config: Config<typeof acceptEnv>, log: Log) {
  return { lanes: createLaneTable(dynamodb(config), config.MESSAGES_TABLE, keepingOf(config, log)) };
}

/** What a request may cost in calls to DingTalk. */
export function costLimits(config: Config<typeof costEnv>) {
  return { most: { parts: config.MOST_PARTS, calls: config.MOST_CALLS } };
}

/** Places for requests that wait for an outcome. */
export function waitingPorts(config: Config<typeof waitEnv>) {
  const { LIMITS_TABLE: table, MOST_WAITING: most } = config;
  return { waiting: createPlaceTable(dynamodb(config), table, { name: 'waiting', most, randomId, ...clock }) };
}

export function messageTable(config: Config<typeof messagesEnv>, log: Log) {
  return createMessageTable(dynamodb(config), config.MESSAGES_TABLE, keepingOf(config, log));
}

export function destinationTable(config: Config<typeof destinationsEnv>, { sealingKey }: SealingKey) {
  const seal = createSeal(sealingKey, 'destinations');
  return createDestinationTable(dynamodb(config), config.DESTINATIONS_TABLE, seal, clock.now);
}

/** Where people wrote to the robots of the apps. */
export function replyPlaces(config: Config<typeof recordsEnv>, { sealingKey }: SealingKey) {
  return createReplyTable(dynamodb(config), config.RECORDS_TABLE, createSeal(sealingKey, 'replies'));
}

/** What deliveries wait for within DingTalk's limits. */
export function slotState(config: Config<typeof slotsEnv>) {
  return { slots: createLimitTable(dynamodb(config), config.LIMITS_TABLE, clock.now, clock.random) };
}

/** What keeps deliveries within DingTalk's limits, and the queue of those that failed. */
export function deliveryPorts(config: AwsConfig & Config<typeof deliveryEnv & typeof acceptEnv>) {
  const client = dynamodb(config);
  const lanes = createLaneTable(client, config.MESSAGES_TABLE);
  return {
    lanes: createLaneNotes(lanes, clock.now),
    limiter: createSlotCache(createLimitTable(client, config.LIMITS_TABLE, clock.now, clock.random), clock.now),
    topics: createTopics(config.AWS_ENDPOINT_URL_SNS),
    deadLetters: createOutboxQueue(sqs(config, config.OUTBOX_DEAD_LETTERS_URL), config.OUTBOX_DEAD_LETTERS_URL),
  };
}
