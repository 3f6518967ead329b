import { createSourceQueue } from '../aws/queues/source-queue.ts';
import { createRawStore } from '../aws/s3/raw-store.ts';
import { createSns } from '../aws/sns.ts';
import { createSourceTable } from '../aws/tables/source-table.ts';
import type { bucketEnv, Config, recordsEnv, sourcesEnv } from '../base/config.ts';
import { createSeal } from '../base/seal.ts';
import { clock, dynamodb, randomId, s3, sqs } from './clients.ts';
import type { OwnKeys } from './secret.ts';

export function sourceTable(config: Config<typeof recordsEnv>, secret: Pick<OwnKeys, 'sealingKey'>) {
  return {
    sources: createSourceTable(dynamodb(), config.RECORDS_TABLE, createSeal(secret.sealingKey, 'sources'), clock.now),
  };
}

/** What waits in the bucket for its turn. */
export function rawStore(config: Config<typeof bucketEnv>) {
  return { raw: createRawStore(s3(), config.UPLOADS_BUCKET) };
}

/** What letting senders in takes. */
export function senderPorts(config: Config<typeof sourcesEnv>, secret: Pick<OwnKeys, 'sealingKey'>) {
  const url = config.SOURCES_QUEUE_URL;
  return {
    ...sourceTable(config, secret),
    ...rawStore(config),
    ...createSns(config.AWS_ENDPOINT_URL_SNS),
    queue: createSourceQueue(sqs(config, url), url),
    now: clock.now,
    randomId,
  };
}
