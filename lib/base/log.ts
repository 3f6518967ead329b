import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { embeddedMetric } from './embedded-metric.ts';
import { isSecretName, redact } from './redact.ts';

type Fields = Record<string, string | number | boolean | undefined>;

/** Every event this project logs. Fields are ids, codes and counts: never an event, header, body, config or token. */
export type LogEvent =
  | 'request-failed'
  | 'record-failed'
  | 'record-set-aside'
  | 'invocation-failed'
  | 'start-failed'
  | 'reaction-failed'
  | 'batch-end-failed'
  | 'token-refreshed'
  | 'token-refresh-failed'
  | 'token-store-failed'
  | 'message-sent'
  | 'message-held'
  | 'incident-shown'
  | 'incident-show-failed'
  | 'quota-reached'
  | 'calls-not-counted'
  | 'retry-scheduled'
  | 'outcome-queued'
  | 'records-unreadable'
  | 'message-failed'
  | 'message-unconfirmed'
  | 'message-expired'
  | 'message-enqueue-failed'
  | 'fallback-used'
  | 'fallback-failed'
  | 'target-blocked'
  | 'egress-banned'
  | 'source-refused'
  | 'source-not-kept'
  | 'source-gone'
  | 'source-rendered'
  | 'share-refused'
  | 'file-refused'
  | 'callback-refused'
  | 'callback-store-failed'
  | 'job-failed'
  | 'push-quota-exhausted'
  | 'event-published'
  | 'task-followed'
  | 'task-follow-failed'
  | 'task-enqueue-failed'
  | 'approval-followed'
  | 'approval-follow-failed'
  | 'record-enqueue-failed'
  | 'reaction-refused';

export type Log = {
  info(event: LogEvent, fields?: Fields): void;
  warn(event: LogEvent, fields?: Fields): void;
  error(event: LogEvent, fields?: Fields): void;
};

/** Metrics for alarms and the dashboard: the log line carries the metric. */
const COUNTED: Partial<Record<LogEvent, string>> = {
  'request-failed': 'RequestsFailed',
  'source-not-kept': 'RequestsFailed',
  'record-failed': 'RecordsFailed',
  'start-failed': 'RecordsFailed',
  'batch-end-failed': 'RecordsFailed',
  'job-failed': 'JobsFailed',
  'message-failed': 'MessagesFailed',
  'message-unconfirmed': 'MessagesUnknown',
  'message-expired': 'MessagesExpired',
  'message-enqueue-failed': 'MessagesNotQueued',
  'records-unreadable': 'UnreadableRecords',
  'target-blocked': 'ThrottleBlocks',
  'egress-banned': 'EgressBans',
  'token-refresh-failed': 'TokenRefreshesFailed',
  'token-store-failed': 'TokenStoreUnreachable',
  'event-published': 'EventsPublished',
};

/** Without what a line would say of traces and samples, which nobody takes: each byte is paid for. */
class LineFormatter extends LogFormatter {
  override formatAttributes(said: UnformattedAttributes, fields: LogAttributes): LogItem {
    const { logLevel: level, message, timestamp, serviceName: service } = said;
    const attributes = { level, message, timestamp: this.formatTimestamp(timestamp), service };
    return new LogItem({ attributes }).addAttributes(fields);
  }
}

export function createLog(service: string, stage = 'local'): Log {
  const logger = new Logger({ serviceName: service, logFormatter: new LineFormatter() });
  const line = (event: LogEvent, fields: Fields = {}) => {
    const metric = COUNTED[event];
    const clean = shown(fields);
    return metric === undefined ? clean : { ...clean, ...embeddedMetric(stage, Date.now(), [metric, 1]) };
  };
  return {
    info: (event, fields) => logger.info(event, line(event, fields)),
    warn: (event, fields) => logger.warn(event, line(event, fields)),
    error: (event, fields) => logger.error(event, line(event, fields)),
  };
}

function shown(fields: Fields): Fields {
  const clean = (name: string, value: Fields[string]) => {
    if (typeof value !== 'string') return value;
    return isSecretName(name) ? '…' : redact(value);
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clean(name, value)]));
}
