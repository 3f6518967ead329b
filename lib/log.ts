import { Logger } from '@aws-lambda-powertools/logger';

type Fields = Record<string, string | number | boolean | undefined>;

/** Every event this project logs. Fields are ids, codes and counts: never an event, header, body, config or token. */
export type LogEvent =
  | 'request-failed'
  | 'record-failed'
  | 'token-refreshed'
  | 'token-refresh-failed'
  | 'token-store-unreachable'
  | 'message-sent'
  | 'message-retry'
  | 'message-failed'
  | 'share-refused'
  | 'file-refused'
  | 'callback-refused'
  | 'callback-not-stored'
  | 'job-failed'
  | 'push-quota-exhausted'
  | 'event-published'
  | 'task-followed'
  | 'task-behind'
  | 'reaction-refused';

export type Log = {
  info(event: LogEvent, fields?: Fields): void;
  warn(event: LogEvent, fields?: Fields): void;
  error(event: LogEvent, fields?: Fields): void;
};

export function createLog(service: string): Log {
  const logger = new Logger({ serviceName: service });
  return {
    info: (event, fields = {}) => logger.info(event, fields),
    warn: (event, fields = {}) => logger.warn(event, fields),
    error: (event, fields = {}) => logger.error(event, fields),
  };
}
