import { createSourceQueue } from '../aws/queues/source-queue.ts';
import { createRawStore } from '../aws/s3/raw-store.ts';
import { createSns } from '../aws/sns.ts';
import { createIncidentTable } from '../aws/tables/incident-table.ts';
import { createSourceTable } from '../aws/tables/source-table.ts';
import type { bucketEnv, Config, messagesEnv, recordsEnv, sourcesEnv } from '../base/config.ts';
import { createIds } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { createSeal } from '../base/seal.ts';
import { clock, dynamodb, keepingOf, randomId, s3, sqs, toldBy } from './clients.ts';
import type { OwnKeys } from './secret.ts';

export function sourceTable(config: Config<typeof recordsEnv>, secret: Pick<OwnKeys, 'sealingKey'>, log: Log) {
  const options = { table: config.RECORDS_TABLE, seal: createSeal(secret.sealingKey, 'sources'), keeping: toldBy(log) };
  return { sources: createSourceTable(dynamodb(), options, clock.now) };
}

/** Incidents of sources, and how each has the same id whenever it is told of. */
export function incidentPorts(config: Config<typeof recordsEnv & typeof messagesEnv>, { linkKey }: OwnKeys, log: Log) {
  return {
    incidents: createIncidentTable(dynamodb(), config.RECORDS_TABLE, keepingOf(config, log)),
    incidentId: (owner: string, identity: string) => createIds(linkKey).of('i', owner, identity),
  };
}

/** What waits in the bucket for its turn. */
export function rawStore(config: Config<typeof bucketEnv>) {
  return { raw: createRawStore(s3(), config.UPLOADS_BUCKET) };
}

/** What letting senders in takes. */
export function senderPorts(config: Config<typeof sourcesEnv>, secret: Pick<OwnKeys, 'sealingKey'>, log: Log) {
  const url = config.SOURCES_QUEUE_URL;
  return {
    ...sourceTable(config, secret, log),
    ...rawStore(config),
    ...createSns(config.AWS_ENDPOINT_URL_SNS),
    queue: createSourceQueue(sqs(config, url), url),
    now: clock.now,
    randomId,
  };
}
