import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { createBucket } from './aws/bucket.ts';
import { createBus } from './aws/bus.ts';
import { createCallbackQueue } from './aws/callback-queue.ts';
import { createClaimTable } from './aws/claim-table.ts';
import { createConversationTable } from './aws/conversation-table.ts';
import { createDestinationTable } from './aws/destination-table.ts';
import { createGiveBack } from './aws/give-back.ts';
import { createInboundQueue } from './aws/inbound-queue.ts';
import { createInbox } from './aws/inbox.ts';
import { createJsonCall } from './aws/json-call.ts';
import { createKeyTable } from './aws/key-table.ts';
import { createLimitTable } from './aws/limit-table.ts';
import { createLinkTable } from './aws/link-table.ts';
import { createMediaTable } from './aws/media-table.ts';
import { createMergeTable } from './aws/merge-table.ts';
import { createMessageTable } from './aws/message-table.ts';
import { createMeterTable } from './aws/meter-table.ts';
import { createOutboxQueue } from './aws/outbox-queue.ts';
import { createPeopleTable } from './aws/people-table.ts';
import { readSecret } from './aws/secret.ts';
import { createShareTable } from './aws/share-table.ts';
import { createTaskQueue } from './aws/task-queue.ts';
import { createTaskTable } from './aws/task-table.ts';
import { createTokenTable } from './aws/token-table.ts';
import { createTokenProvider } from './dingtalk/access-token.ts';
import { DingTalkApp } from './dingtalk/app.ts';
import { createDingTalk } from './dingtalk/client.ts';
import { createDownloader } from './dingtalk/download.ts';
import { createHttp } from './dingtalk/http.ts';
import { createSessionWebhook } from './dingtalk/session-webhook.ts';
import { createFetchToken } from './dingtalk/token-source.ts';
import { createWebhook } from './dingtalk/webhook.ts';
import { type Fault, InvalidInput, ServiceError } from './errors.ts';
import { reply } from './events/reply.ts';
import type { RobotMessage } from './events/robot-message.ts';
import type { Log } from './log.ts';
import { createSender } from './messages/send.ts';
import { neverShow } from './redact.ts';
import { createSeal } from './seal.ts';
import { createPageLinks } from './tasks/page-link.ts';
import { resolvePeople } from './tasks/people.ts';

/** What every port that keeps time or tosses coins gets. */
const clock = { now: Date.now, sleep: (ms: number) => sleep(ms), random: Math.random };
/** Fails a dead connection while there is time left to say so. */
const aws = {
  maxAttempts: 3,
  // without the last one the SDK only warns, and waits on
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};
const patient = { timeoutMs: 5_000, attempts: 3 };
/** A callback has to be answered within a second (callbacks.md §2.5): DingTalk's repeat is the second attempt. */
const quick = { timeoutMs: 800, attempts: 1 };
/** One client a service and container: each would have connections of its own. */
let dynamodbClient: DynamoDBClient | undefined;
function dynamodb(): DynamoDBClient {
  dynamodbClient ??= new DynamoDBClient(aws);
  return dynamodbClient;
}
let sqsClient: SQSClient | undefined;
function sqs(): SQSClient {
  sqsClient ??= new SQSClient(aws);
  return sqsClient;
}
export const randomId = () => randomBytes(16).toString('hex');

const Secret = v.strictObject({
  sealingKey: v.pipe(v.string(), v.minLength(16)),
  apps: v.pipe(v.array(DingTalkApp), v.minLength(1)),
});
/** The stage's secret: the DingTalk apps and the key that seals what the tables keep. */
export type Secret = v.InferOutput<typeof Secret>;

type SecretConfig = {
  DINGTALK_SECRET_ID: string;
  AWS_REGION: string;
  AWS_ENDPOINT_URL_SECRETS_MANAGER?: string | undefined;
};

/** @throws ServiceError `bad_secret` that lists every bad member and no value. */
export async function loadSecret(config: SecretConfig, limits = patient): Promise<Secret> {
  const region = config.AWS_REGION;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url = config.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? `https://secretsmanager.${region}.${domain}`;
  const call = createJsonCall({ url, service: 'secretsmanager', region, ...limits });
  const text = await readSecret(call, config.DINGTALK_SECRET_ID);
  const result = v.safeParse(Secret, parseJson(text));
  if (result.success) {
    neverShow(secretsIn(result.output));
    return result.output;
  }
  const members = result.issues.map((issue) => `${v.getDotPath(issue) ?? '(secret)'} (${issue.type})`);
  throw new ServiceError(`secret ${config.DINGTALK_SECRET_ID}`, {
    code: 'bad_secret',
    retryable: false,
    remedy: `Correct in the secret "${config.DINGTALK_SECRET_ID}": ${[...new Set(members)].join(', ')}`,
  });
}

function secretsIn({ sealingKey, apps }: Secret) {
  const ofApps = apps.flatMap(({ appSecret, corpSecret, callbacks, cardSecrets }) => [
    appSecret,
    corpSecret,
    ...callbacks.flatMap(({ token, aesKey }) => [token, aesKey]),
    ...cardSecrets,
  ]);
  return [sealingKey, ...ofApps];
}

/** The app of that name; without a name, the first. */
function findApp<A extends { name: string }>(apps: readonly A[], name: string | undefined): A {
  const app = name === undefined ? apps[0] : apps.find((candidate) => candidate.name === name);
  if (app) return app;
  throw new InvalidInput('apps.find', 'unknown_app', [unknownApp(apps, name)]);
}

function unknownApp(apps: readonly { name: string }[], name: string | undefined): Fault {
  const message = `no app is named "${name}"; the secret has ${apps.map((app) => app.name).join(', ')}`;
  return { path: 'app', code: 'unknown_app', message };
}

/** Where the people of each app are; of one that is gone, where those of the first are. */
export function timeZones({ apps }: Pick<Secret, 'apps'>) {
  const named = (name?: string) => apps.find((app) => app.name === name) ?? apps[0];
  return { timeZoneOf: (name?: string) => named(name)?.timeZone ?? 'Asia/Shanghai' };
}

/** Finds out whether a destination's app is one of the secret's. */
export function appFaults({ apps }: Pick<Secret, 'apps'>) {
  return (name: string | undefined): Fault[] =>
    name === undefined || apps.some((app) => app.name === name) ? [] : [unknownApp(apps, name)];
}

type DingTalkConfig = { DINGTALK_API_URL: string; DINGTALK_OAPI_URL: string; TOKENS_TABLE: string };

/** DingTalk's API as each app of the secret; one token per app for all functions. */
export function dingtalkApps(config: DingTalkConfig, secret: Secret, log: Log) {
  const http = createHttp();
  const urls = { api: config.DINGTALK_API_URL, oapi: config.DINGTALK_OAPI_URL };
  const store = createTokenTable(dynamodb(), config.TOKENS_TABLE);
  const clients = secret.apps.map((app) => {
    const source = app.tokenSource ?? 'accessToken';
    const tokens = createTokenProvider({
      key: `${app.corpId}/${app.appKey}/${source}`,
      store,
      fetchToken: createFetchToken({ http, app, urls, source, now: clock.now }),
      seal: createSeal(app.appSecret, 'access-token'),
      owner: randomId(),
      log,
      ...clock,
    });
    const { name, operatorUserId } = app;
    return { name, operatorUserId, ...createDingTalk({ app, http, tokens, urls, ...clock }) };
  });
  return (name?: string) => findApp(clients, name);
}

/** The one way out for messages. */
export function messageSender(config: DingTalkConfig, secret: Secret, log: Log) {
  const webhook = createWebhook({ http: createHttp(), oapiUrl: config.DINGTALK_OAPI_URL, now: clock.now });
  return createSender({ appNamed: dingtalkApps(config, secret, log), webhook });
}

/** What accepting a message takes, and clocks. */
export function acceptPorts(
  config: { MESSAGES_TABLE: string; DESTINATIONS_TABLE: string; OUTBOX_QUEUE_URL: string },
  secret: Secret,
  log: Log,
) {
  return {
    messages: createMessageTable(dynamodb(), config.MESSAGES_TABLE),
    destinations: destinationTable(config, secret),
    merges: createMergeTable(dynamodb(), config.MESSAGES_TABLE, clock.now),
    outbox: createOutboxQueue(sqs(), config.OUTBOX_QUEUE_URL),
    notQueued: (messageId: string, error: unknown) =>
      log.error('message-not-queued', { messageId, error: error instanceof Error ? error.name : 'unknown' }),
    randomId,
    ...clock,
  };
}

export function destinationTable(config: { DESTINATIONS_TABLE: string }, secret: Pick<Secret, 'sealingKey'>) {
  const seal = createSeal(secret.sealingKey, 'destinations');
  return createDestinationTable(dynamodb(), config.DESTINATIONS_TABLE, seal, clock.now);
}

/** Gives a record back to the queue it came from, invisible for a while. */
export function giveBackTo(queueUrl: string) {
  return { giveBack: createGiveBack(sqs(), queueUrl) };
}

/** What keeps deliveries within DingTalk's limits, and where they go when nothing helps. */
export function deliveryPorts(config: {
  LIMITS_TABLE: string;
  OUTBOX_DEAD_LETTERS_URL: string;
  MONTHLY_API_CALLS: number;
  MONTHLY_WEBHOOK_CALLS: number;
}) {
  const client = dynamodb();
  return {
    limiter: createLimitTable(client, config.LIMITS_TABLE, clock.now),
    meter: createMeterTable(client, config.LIMITS_TABLE, clock.now),
    quotas: { api: config.MONTHLY_API_CALLS, webhook: config.MONTHLY_WEBHOOK_CALLS },
    deadLetters: createOutboxQueue(sqs(), config.OUTBOX_DEAD_LETTERS_URL),
  };
}

export function conversationTable(config: { CONVERSATIONS_TABLE: string }) {
  return createConversationTable(dynamodb(), config.CONVERSATIONS_TABLE);
}

export function taskTable(config: { TASKS_TABLE: string }) {
  return createTaskTable(dynamodb(), config.TASKS_TABLE, clock.now);
}

/** What changing a task takes: the record, and the queue of those to follow. */
export function taskChanges(config: { TASKS_TABLE: string; TASKS_QUEUE_URL: string }) {
  return { tasks: taskTable(config), queue: createTaskQueue(sqs(), config.TASKS_QUEUE_URL) };
}

/** What following a task takes, beside what accepting a message does. */
export function taskPorts(
  config: DingTalkConfig & { TASKS_TABLE: string; TASKS_QUEUE_URL: string; BUS_NAME: string },
  secret: Secret,
  log: Log,
) {
  const appNamed = dingtalkApps(config, secret, log);
  const people = createPeopleTable(dynamodb(), config.TASKS_TABLE, clock.now);
  return {
    ...taskChanges(config),
    people,
    bus: createBus(new EventBridgeClient(aws), config.BUS_NAME),
    taskApp(name?: string) {
      const { operatorUserId, ...app } = appNamed(name);
      const { timeZone, taskCard, quiet, digest } = findApp(secret.apps, name);
      return {
        ...app,
        timeZone,
        taskCard,
        quiet,
        digest,
        async operator() {
          if (operatorUserId === undefined) return undefined;
          const found = await resolvePeople({ people, now: clock.now }, { app: app.name, contacts: app.contacts }, '', [
            { userId: operatorUserId },
          ]);
          return found.people[0];
        },
      };
    },
  };
}

/** Shares, their links and the media ids that DingTalk gave, which live in one table. */
export function shareTables(config: { SHARES_TABLE: string }) {
  const client = dynamodb();
  return {
    shares: createShareTable(client, config.SHARES_TABLE, clock.now),
    links: createLinkTable(client, config.SHARES_TABLE),
    media: createMediaTable(client, config.SHARES_TABLE, clock.now),
  };
}

/** What turns an object of our bucket into media that DingTalk keeps. */
export function mediaPorts(
  config: DingTalkConfig & { SHARES_TABLE: string; UPLOADS_BUCKET: string },
  secret: Secret,
  log: Log,
) {
  const { media } = shareTables(config);
  const appNamed = dingtalkApps(config, secret, log);
  return { ...objects(), media, bucket: config.UPLOADS_BUCKET, appNamed, every, ...clock };
}

/** Objects in S3. A presigned upload carries no checksum of a body that nobody has seen yet. */
export function objects() {
  return { objects: createBucket(new S3Client({ ...aws, requestChecksumCalculation: 'WHEN_REQUIRED' })) };
}

/** The bucket's inbox for received files. A part is held whole: its length and sum are known without a checksum. */
export function inbox(config: { UPLOADS_BUCKET: string }) {
  const client = new S3Client({ ...aws, requestChecksumCalculation: 'WHEN_REQUIRED' });
  return { inbox: createInbox(client, config.UPLOADS_BUCKET) };
}

/** Fetches what DingTalk hands out, from public addresses and from DingTalk's own. */
export function downloads(config: { DINGTALK_API_URL: string }) {
  return { download: createDownloader({ apiUrl: config.DINGTALK_API_URL }) };
}

/** Where received files wait to be fetched. */
export function inboundQueue(config: { INBOUND_QUEUE_URL: string }) {
  return createInboundQueue(sqs(), config.INBOUND_QUEUE_URL);
}

/** Does something every so often until the answer is called; what fails there is tried again the next time. */
export function every(ms: number, work: () => Promise<void>): () => void {
  const timer = setInterval(() => work().catch(() => undefined), ms);
  return () => clearInterval(timer);
}

export function apiKeys(config: { KEYS_TABLE: string }) {
  return { keys: createKeyTable(dynamodb(), config.KEYS_TABLE, clock.now), now: clock.now };
}

/** What the callback doors need: as little as they can answer with. */
export async function callbackPorts(config: SecretConfig & { EVENTS_QUEUE_URL: string }) {
  const queue = callbackQueue(config, quick);
  const { apps } = await loadSecret(config, quick);
  return { apps, queue, now: clock.now, random: randomBytes };
}

function callbackQueue(config: { AWS_REGION: string; EVENTS_QUEUE_URL: string }, limits: typeof quick) {
  const url = config.EVENTS_QUEUE_URL;
  return createCallbackQueue(createJsonCall({ url, service: 'sqs', region: config.AWS_REGION, ...limits }), url);
}

/** What could not be pushed, of each app that has an event door, and the queue that pushes go to. */
export function missedPorts(
  config: DingTalkConfig & { AWS_REGION: string; EVENTS_QUEUE_URL: string },
  secret: Secret,
  log: Log,
) {
  const appNamed = dingtalkApps(config, secret, log);
  const apps = secret.apps
    .filter(({ callbacks }) => callbacks.length > 0)
    .map(({ name, failedListMinutes }) => ({ name, failedListMinutes, failedList: appNamed(name).failedList }));
  // What was read is cleared at DingTalk, so keeping it is tried for longer.
  const queue = callbackQueue(config, { ...patient, attempts: 6 });
  return { apps, queue, now: clock.now };
}

/** When each app's people get the list of their tasks. */
export function digestPorts({ apps }: Secret) {
  return { digestOf: (name: string) => apps.find((app) => app.name === name) };
}

export function eventPorts(config: { EVENTS_TABLE: string; BUS_NAME: string }) {
  return {
    claims: createClaimTable(dynamodb(), config.EVENTS_TABLE, clock.now),
    bus: createBus(new EventBridgeClient(aws), config.BUS_NAME),
  };
}

/** What answering people who write to the robot takes. */
export function commandPorts(
  config: DingTalkConfig & { TASKS_TABLE: string; TASKS_QUEUE_URL: string },
  secret: Secret,
  log: Log,
) {
  const appNamed = dingtalkApps(config, secret, log);
  const session = createSessionWebhook({ http: createHttp(), oapiUrl: config.DINGTALK_OAPI_URL });
  return {
    ...taskChanges(config),
    now: clock.now,
    appNamed(name: string) {
      const app = appNamed(name);
      const replyDeps = { session, robot: app.robot, now: clock.now };
      return { ...app, reply: (to: RobotMessage, text: string) => reply(replyDeps, to, text) };
    },
  };
}

/** Ids and signatures that only this stage can make. */
export function linkKeys(config: { PUBLIC_URL: string }, secret: Pick<Secret, 'sealingKey'>) {
  const sign = (purpose: string, id: string) =>
    createHmac('sha256', secret.sealingKey).update(`${purpose}\n${id}`).digest('base64url').slice(0, 22);
  return {
    publicUrl: config.PUBLIC_URL,
    linkId: (shareId: string) => sign('link', shareId),
    ...createPageLinks({ publicUrl: config.PUBLIC_URL, sign, now: clock.now }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
