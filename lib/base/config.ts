import * as v from 'valibot';
import { ServiceError } from './errors.ts';

/**
 * Reads a function's whole configuration from the environment.
 * @throws ServiceError `bad_configuration` that lists every bad key and no value.
 */
export function readConfig<S extends v.GenericSchema>(schema: S, env: unknown): Readonly<v.InferOutput<S>> {
  const result = v.safeParse(schema, env);
  if (result.success) return Object.freeze(result.output);
  const keys = result.issues.map((issue) => `${v.getDotPath(issue) ?? '(environment)'} (${issue.type})`);
  throw new ServiceError(`bad configuration: ${[...new Set(keys)].join(', ')}`, {
    code: 'bad_configuration',
    retryable: false,
  });
}

/** What a function has read of these environment variables. */
export type Config<E extends v.ObjectEntries> = Readonly<v.InferOutput<v.ObjectSchema<E, undefined>>>;

const text = v.pipe(v.string(), v.nonEmpty());
const url = v.pipe(v.string(), v.url());

// The environment variables of each port, spread into a function's config: it names just what it uses.

/** Lambda sets the region. An endpoint of another place is AWS's own way to say so. */
export const awsEnv = {
  AWS_REGION: text,
  AWS_ENDPOINT_URL_DYNAMODB: v.optional(url),
  AWS_ENDPOINT_URL_S3: v.optional(url),
};
const secretsEnv = { ...awsEnv, AWS_ENDPOINT_URL_SECRETS_MANAGER: v.optional(url) };
/** The secret with the apps, which is DingTalk's, and the one with keys of our own: a function names just what it reads. */
export const appsEnv = { ...secretsEnv, DINGTALK_SECRET_ID: text };
export const ownKeysEnv = { ...secretsEnv, OWN_KEYS_SECRET_ID: text };
const count = v.pipe(v.string(), v.toNumber(), v.integer(), v.minValue(1));
const percent = v.pipe(v.string(), v.toNumber(), v.minValue(0), v.maxValue(100));
/** Calls to DingTalk are counted, and so many are allowed a month. */
export const meterEnv = {
  ...awsEnv,
  LIMITS_TABLE: text,
  MONTHLY_API_CALLS: count,
  MONTHLY_WEBHOOK_CALLS: count,
  QUOTA_RESERVE_PERCENT: percent,
};
export const dingtalkEnv = {
  ...appsEnv,
  ...meterEnv,
  DINGTALK_API_URL: url,
  DINGTALK_OAPI_URL: url,
  TOKENS_TABLE: text,
};
/** How many days closed records are kept. */
export const keepEnv = { ...awsEnv, KEEP_DAYS: count };
export const messagesEnv = { ...keepEnv, MESSAGES_TABLE: text };
export const acceptEnv = {
  ...ownKeysEnv,
  ...messagesEnv,
  DESTINATIONS_TABLE: text,
  OUTBOX_QUEUE_URL: url,
};
export const costEnv = { MOST_PARTS: count, MOST_CALLS: count };
/** Of those who let a caller wait for an outcome. */
export const waitEnv = { ...awsEnv, LIMITS_TABLE: text, MOST_WAITING: count };
/** Where the slots of rate limits are. */
export const slotsEnv = { ...awsEnv, LIMITS_TABLE: text };
export const deliveryEnv = {
  LIMITS_TABLE: text,
  OUTBOX_DEAD_LETTERS_URL: url,
  AWS_ENDPOINT_URL_SNS: v.optional(url),
};
/** Of those who work off a queue: it, its dead letters, and where deaths of workers are noted. */
const workEnv = { ...awsEnv, LIMITS_TABLE: text };
export const outboxWorkEnv = { ...workEnv, OUTBOX_QUEUE_URL: url, OUTBOX_DEAD_LETTERS_URL: url };
export const tasksWorkEnv = { ...workEnv, TASKS_QUEUE_URL: url, TASKS_DEAD_LETTERS_URL: url };
export const uploadsWorkEnv = { ...workEnv, UPLOADS_QUEUE_URL: url, UPLOADS_DEAD_LETTERS_URL: url };
export const inboundWorkEnv = { ...workEnv, INBOUND_QUEUE_URL: url, INBOUND_DEAD_LETTERS_URL: url };
export const eventsWorkEnv = { ...workEnv, EVENTS_QUEUE_URL: url, EVENTS_DEAD_LETTERS_URL: url };
export const sourcesWorkEnv = { ...workEnv, SOURCES_QUEUE_URL: url, SOURCES_DEAD_LETTERS_URL: url };
export const recordsWorkEnv = { ...workEnv, RECORDS_QUEUE_URL: url, RECORDS_DEAD_LETTERS_URL: url };
export const publishEnv = { BUS_NAME: text, AWS_ENDPOINT_URL_EVENTBRIDGE: v.optional(url) };
/** Where people who were looked up are remembered. */
export const peopleEnv = { TASKS_TABLE: text };
export const tasksEnv = { ...keepEnv, TASKS_TABLE: text, RECORDS_TABLE: text, TASKS_QUEUE_URL: url };
/** Of those who bring DingTalk, the bus and the lists in step with a task. */
export const followEnv = { ...tasksEnv, ...publishEnv };
export const sharesEnv = { ...keepEnv, SHARES_TABLE: text };
export const bucketEnv = { UPLOADS_BUCKET: text };
export const conversationsEnv = { ...awsEnv, CONVERSATIONS_TABLE: text };
export const busEnv = { EVENTS_TABLE: text, ...publishEnv };
export const inboundEnv = { INBOUND_QUEUE_URL: url };
export const callbackEnv = {
  ...appsEnv,
  EVENTS_QUEUE_URL: url,
  EVENTS_TABLE: text,
};
/** How callers are proved: by API keys, or by what API Gateway says of a token or a signature. */
export const callersEnv = {
  ...awsEnv,
  KEYS_TABLE: text,
  AUTHORIZER: v.picklist(['apiKey', 'jwt', 'iam']),
  JWT_SCOPE_CLAIM: text,
  JWT_SCOPE_PREFIX: v.optional(v.string(), ''),
  JWT_DESTINATIONS: v.picklist(['optional', 'required']),
};
const userIds = v.pipe(
  v.optional(v.string(), ''),
  v.transform((listed) => listed.split(',').filter(Boolean)),
);
/** People who sign in at the console: who acts there, and who only looks. */
export const consoleEnv = { CONSOLE_OPERATORS: userIds, CONSOLE_READERS: userIds };
/** The topic that may be a fallback; empty: none. */
export const fallbackEnv = { FALLBACK_TOPIC_ARN: v.optional(v.string(), '') };
export const destinationsEnv = { ...ownKeysEnv, DESTINATIONS_TABLE: text };
export const recordsEnv = { ...awsEnv, RECORDS_TABLE: text };
/** Of those who change records that are followed, and queue them. */
export const followedEnv = { ...keepEnv, ...recordsEnv, RECORDS_QUEUE_URL: url };
/** Of the one function that ends tasks of Step Functions. */
export const stepsEnv = { ...awsEnv, AWS_ENDPOINT_URL_SFN: v.optional(url) };
/** Of those who bring DingTalk, the bus, the lists and whoever asked in step with a record. */
export const followRecordsEnv = {
  ...followedEnv,
  ...peopleEnv,
  ...publishEnv,
  ANSWER_STEP_FUNCTION: text,
  AWS_ENDPOINT_URL_LAMBDA: v.optional(url),
};
/** Of those who let senders in. */
export const sourcesEnv = {
  ...destinationsEnv,
  ...recordsEnv,
  ...bucketEnv,
  SOURCES_QUEUE_URL: url,
  AWS_ENDPOINT_URL_SNS: v.optional(url),
};
export const publicEnv = { PUBLIC_URL: url };
