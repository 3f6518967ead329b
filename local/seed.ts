import { createHash } from 'node:crypto';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';

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
  callbacks: [{ token: 'simcallbacktoken', aesKey: 'simsimsimsimsimsimsimsimsimsimsimsimsim0' }],
  cardSecrets: ['simcardsecret'],
};

const DESTINATIONS = {
  ops: { kind: 'custom-robot', accessToken: 'simopsrobot', secret: 'SECsimopsrobot' },
  project: { kind: 'robot-group', openConversationId: 'cidProject=' },
  zhangsan: { kind: 'robot-users', userIds: ['zhangsan'] },
  notice: { kind: 'work-notification', userIds: ['lisi'] },
};

const Apps = v.union([v.array(v.looseObject({})), v.object({ apps: v.array(v.looseObject({})) })]);

/** The secret of the stage. `apps` is the text of DINGTALK_APPS: a list, or an object with `apps`. */
export function secretOf(apps: string | undefined): string {
  if (apps === undefined) return JSON.stringify({ sealingKey: SEALING_KEY, apps: [SIMULATED_APP] });
  const given = v.parse(Apps, JSON.parse(apps));
  return JSON.stringify({ sealingKey: SEALING_KEY, apps: Array.isArray(given) ? given : given.apps });
}

type SeedOptions = { dynamodbUrl: string; region: string; tables: { keys: string; destinations: string } };

/** The API key and the destinations that every local stack starts with. */
export async function seed({ dynamodbUrl, region, tables }: SeedOptions) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: dynamodbUrl, region, credentials });
  const id = createHash('sha256').update(API_KEY).digest('hex');
  const put = (TableName: string, item: Record<string, string>) =>
    client.send(
      new PutItemCommand({
        TableName,
        Item: Object.fromEntries(Object.entries(item).map(([key, value]) => [key, { S: value }])),
      }),
    );
  try {
    await Promise.all([
      put(tables.keys, { id, name: 'local', createdAt: new Date().toISOString() }),
      ...Object.entries(DESTINATIONS).map(([name, destination]) =>
        put(tables.destinations, { id: name, destination: JSON.stringify(destination) }),
      ),
    ]);
  } finally {
    client.destroy();
  }
}
