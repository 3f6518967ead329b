import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { keyStore } from '../cli/stage/key-store.ts';
import { createDestinationTable } from '../lib/aws/tables/destination-table.ts';
import { hashOfKey } from '../lib/aws/tables/key-table.ts';
import { createSeal } from '../lib/base/seal.ts';
import { DingTalkApp } from '../lib/dingtalk/app.ts';
import type { Destination } from '../lib/messages/destination.ts';
import { LocalProblem } from './ports.ts';

export const API_KEY = 'local';

const SEALING_KEY = 'local-sealing-key';

/** The app that the simulator knows. */
const SIMULATED_APP = {
  name: 'default',
  corpId: 'dingsimcorp',
  appKey: 'dingsimapp',
  appSecret: 'dingsimsecret',
  agentId: 1000001,
  robotCode: 'dingsimapp',
  operatorUserId: 'zhangsan',
  drive: { folder: 'dingdock' },
  callbacks: [{ token: 'simcallbacktoken', aesKey: 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0' }],
  taskCard: { templateId: 'dingdock-task', routeKey: 'dingdock-task' },
  cardSecrets: ['simcardsecret'],
};

/** Conversations and people of the simulator. */
const DESTINATIONS: Record<string, Destination> = {
  ops: { kind: 'custom-robot', accessToken: 'simopsrobot', secret: 'SECsimopsrobot' },
  project: { kind: 'robot-group', openConversationId: 'cidProject=' },
  zhangsan: { kind: 'robot-users', userIds: ['zhangsan'] },
  notice: { kind: 'work-notification', userIds: ['lisi'] },
};

const Apps = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([
    v.array(v.unknown()),
    v.pipe(
      v.object({ apps: v.array(v.unknown()) }),
      v.transform(({ apps }) => apps),
    ),
  ]),
  v.array(DingTalkApp),
  v.minLength(1),
);

/** The secret of the stage. `apps` is the text of DINGTALK_APPS: a list, or an object with `apps`. */
export function secretOf(apps: string | undefined): string {
  if (apps === undefined) return JSON.stringify({ sealingKey: SEALING_KEY, apps: [SIMULATED_APP] });
  const given = v.safeParse(Apps, apps);
  if (given.success) return JSON.stringify({ sealingKey: SEALING_KEY, apps: given.output });
  const faults = given.issues.map((issue) => `${v.getDotPath(issue) ?? 'it'} (${issue.type})`);
  throw new LocalProblem(
    `DINGTALK_APPS is not a JSON list of apps; wrong or missing: ${[...new Set(faults)].join(', ')}`,
  );
}

type SeedOptions = {
  dynamodbUrl: string;
  region: string;
  tables: { keys: string; destinations: string };
  simulated: boolean;
};

/** The API key, and the destinations that the simulator knows. */
export async function seed({ dynamodbUrl, region, tables, simulated }: SeedOptions) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: dynamodbUrl, region, credentials });
  const destinations = createDestinationTable(
    client,
    tables.destinations,
    createSeal(SEALING_KEY, 'destinations'),
    Date.now,
  );
  try {
    await keyStore(client, tables.keys).put({
      id: hashOfKey(API_KEY),
      keyId: 'local',
      name: 'local',
      scopes: ['*'],
      destinations: ['*'],
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
