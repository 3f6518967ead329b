import { createSourceQueue } from '../aws/queues/source-queue.ts';
import { createRawStore } from '../aws/s3/raw-store.ts';
import { createSns } from '../aws/sns.ts';
import { createPeopleTable } from '../aws/tables/people-table.ts';
import { createIncidentTable } from '../aws/tables/records/incident-table.ts';
import { createReadTable } from '../aws/tables/records/read-table.ts';
import { createSourceTable } from '../aws/tables/source-table.ts';
import type {
  bucketEnv,
  Config,
  followedEnv,
  followRecordsEnv,
  keepEnv,
  recordsEnv,
  sourcesEnv,
} from '../base/config.ts';
import { createIds } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { createSeal } from '../base/seal.ts';
import { buttonForms, recordQueue } from './approvals.ts';
import { type DingTalkConfig, dingtalkApps, findApp } from './apps.ts';
import { type AwsConfig, bus, clock, dynamodb, keepingOf, randomId, s3Service, sqs, toldBy } from './clients.ts';
import { destinationTable } from './messages.ts';
import type { Apps, OwnKeys } from './secret.ts';

export function sourceTable(config: Config<typeof recordsEnv>, secret: Pick<OwnKeys, 'sealingKey'>, log: Log) {
  const options = { table: config.RECORDS_TABLE, seal: createSeal(secret.sealingKey, 'sources'), keeping: toldBy(log) };
  return { sources: createSourceTable(dynamodb(config), options, clock.now) };
}

/** Incidents of sources. */
export function incidentTable(config: Config<typeof recordsEnv & typeof keepEnv>, log: Log) {
  return { incidents: createIncidentTable(dynamodb(config), config.RECORDS_TABLE, clock.now, keepingOf(config, log)) };
}

/** What those read who were told of an incident. */
export function incidentReads(config: Config<typeof recordsEnv>) {
  return { reads: createReadTable(dynamodb(config), config.RECORDS_TABLE, clock.now) };
}

/** What changing an incident takes: the record, and the queue of those to follow. */
export function incidentChanges(config: AwsConfig & Config<typeof followedEnv>, log: Log) {
  return { ...incidentTable(config, log), queue: recordQueue(config, log) };
}

/** How an incident has the same id whenever it is told of. */
export function incidentIds({ linkKey }: Pick<OwnKeys, 'linkKey'>) {
  return { incidentId: (owner: string, identity: string) => createIds(linkKey).of('i', owner, identity) };
}

/** What following an incident takes, beside what accepting a message does. */
export function incidentPorts(config: DingTalkConfig & Config<typeof followRecordsEnv>, secret: Apps, log: Log) {
  const appNamed = dingtalkApps(config, secret, log);
  return {
    ...incidentChanges(config, log),
    ...incidentReads(config),
    ...buttonForms(config, secret),
    people: createPeopleTable(dynamodb(config), config.TASKS_TABLE, clock.now),
    bus: bus(config),
    incidentApp(named?: string) {
      const { contacts, name } = appNamed(named);
      const { corpId, timeZone, title, quiet } = findApp(secret.apps, named);
      return { name, contacts, corpId, timeZone, quiet, sender: title ?? name };
    },
  };
}

/** What waits in the bucket for its turn. */
export function rawStore(config: AwsConfig & Config<typeof bucketEnv>) {
  return { raw: createRawStore(s3Service(config), config.UPLOADS_BUCKET) };
}

/** What letting senders in takes. */
export function senderPorts(config: Config<typeof sourcesEnv>, secret: Pick<OwnKeys, 'sealingKey'>, log: Log) {
  const url = config.SOURCES_QUEUE_URL;
  const { get, read } = destinationTable(config, secret);
  return {
    ...sourceTable(config, secret, log),
    ...rawStore(config),
    ...createSns(config.AWS_ENDPOINT_URL_SNS),
    // who is told that there is none is told the truth: one that was registered a moment ago is there
    destinations: { get: async (name: string) => (await get(name)) ?? read(name) },
    queue: createSourceQueue(sqs(config, url), url),
    now: clock.now,
    randomId,
  };
}
