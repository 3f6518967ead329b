import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CustomRobot, notified, RobotGroup, RobotUsers } from '../contract/requests/destinations.ts';
import type { PutSource } from '../contract/requests/sources.ts';
import { createDestinationTable } from '../lib/aws/tables/destination-table.ts';
import { keyStore } from '../lib/aws/tables/key-store.ts';
import { hashOfKey } from '../lib/aws/tables/key-table.ts';
import { createSourceTable } from '../lib/aws/tables/source-table.ts';
import { sha256 } from '../lib/base/hash.ts';
import { createSeal } from '../lib/base/seal.ts';
import type { Registered } from '../lib/messages/destination.ts';
import type { LocalKeys } from '../stage/local-secret.ts';

/** Conversations and people of the simulator. */
const DESTINATIONS: Record<string, Registered> = {
  ops: { kind: CustomRobot.entries.kind.literal, accessToken: 'simopsrobot', secret: 'SECsimopsrobot' },
  project: { kind: RobotGroup.entries.kind.literal, openConversationId: 'cidProject=' },
  zhangsan: { kind: RobotUsers.entries.kind.literal, userIds: ['zhangsan'] },
  notice: { kind: notified.entries.kind.literal, userIds: ['lisi'] },
};

const OPS = { to: ['ops'] };
/** A source of each kind, whose key is known: there is nothing to protect. */
const SOURCES: Record<string, PutSource> = {
  robot: { kind: 'dingtalk-robot', ...OPS },
  alertmanager: { kind: 'alertmanager', ...OPS },
  sns: { kind: 'sns', ...OPS, topics: ['arn:aws:sns:us-east-1:000000000000:alarms'], raw: true },
  json: { kind: 'json', ...OPS },
};
/** The addresses of the sources, to be given to senders as they stand. */
export function sourceAddresses(api: string): { kind: string; address: string }[] {
  return Object.entries(SOURCES).map(([name, { kind }]) => {
    const path = kind === 'dingtalk-robot' ? '/robot/send?access_token=' : `/in/${name}/`;
    return { kind, address: `${api}${path}${keyOfSource(name)}` };
  });
}
const keyOfSource = (name: string) => `ds_${name}_${'0'.repeat(48)}`;

type SeedOptions = {
  dynamodbUrl: string;
  region: string;
  tables: { keys: string; destinations: string; records: string };
  simulated: boolean;
  keys: LocalKeys;
};

/** The API key, and the destinations that the simulator knows. */
export async function seed({ dynamodbUrl, region, tables, simulated, keys }: SeedOptions) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: dynamodbUrl, region, credentials });
  const destinations = createDestinationTable(
    client,
    tables.destinations,
    createSeal(keys.sealingKey, 'destinations'),
    Date.now,
  );
  try {
    await keyStore(client, tables.keys).put({
      id: hashOfKey(keys.apiKey),
      keyId: 'local',
      name: 'local',
      owner: 'local',
      scopes: ['*'],
      destinations: ['*'],
      people: ['*'],
      apps: ['*'],
      createdAt: new Date().toISOString(),
    });
    if (!simulated) return;
    for (const [name, destination] of Object.entries(DESTINATIONS)) await destinations.put(name, destination);
    const sources = createSourceTable(
      client,
      { table: tables.records, seal: createSeal(keys.sealingKey, 'sources') },
      Date.now,
    );
    for (const [name, rules] of Object.entries(SOURCES)) {
      await sources.put({ name, owner: 'key:local', rules, keyHash: sha256(keyOfSource(name)) });
    }
  } finally {
    client.destroy();
  }
}

/** Two of the destinations: one for messages, one for files. */
export const DESTINATION_NAMES = ['ops', 'project'] as const;
