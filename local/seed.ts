import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDestinationTable } from '../lib/aws/tables/destination-table.ts';
import { keyStore } from '../lib/aws/tables/key-store.ts';
import { hashOfKey } from '../lib/aws/tables/key-table.ts';
import { createSeal } from '../lib/base/seal.ts';
import type { Destination } from '../lib/messages/destination.ts';
import type { LocalKeys } from '../stage/local-secret.ts';

/** Conversations and people of the simulator. */
const DESTINATIONS: Record<string, Destination> = {
  ops: { kind: 'custom-robot', accessToken: 'simopsrobot', secret: 'SECsimopsrobot' },
  project: { kind: 'robot-group', openConversationId: 'cidProject=' },
  zhangsan: { kind: 'robot-users', userIds: ['zhangsan'] },
  notice: { kind: 'work-notification', userIds: ['lisi'] },
};

type SeedOptions = {
  dynamodbUrl: string;
  region: string;
  tables: { keys: string; destinations: string };
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
  } finally {
    client.destroy();
  }
}

/** Two of the destinations: one for messages, one for files. */
export const DESTINATION_NAMES = ['ops', 'project'] as const;
