import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { createBucket } from '../../lib/aws/s3/bucket.ts';
import { createS3Call } from '../../lib/aws/s3/s3-call.ts';
import { createLinkTable } from '../../lib/aws/tables/link-table.ts';
import { createMediaTable } from '../../lib/aws/tables/media-table.ts';
import { createMergeTable } from '../../lib/aws/tables/merge-table.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { createShareTable } from '../../lib/aws/tables/share-table.ts';
import { createIds } from '../../lib/base/ids.ts';
import { DingTalkApp } from '../../lib/dingtalk/app.ts';
import { createDingTalk } from '../../lib/dingtalk/client.ts';
import { createHttp } from '../../lib/dingtalk/transport/http.ts';
import type { ShareDeps } from '../../lib/files/share/share-file.ts';
import { APP_PEOPLE } from './app-people.ts';
import { memoryLog } from './memory-log.ts';

export type World = {
  s3: string;
  dynamodb: string;
  simulator: string;
  /** Of a DynamoDB that has a database for each access key. */
  accessKeyId?: string;
};

const APP = {
  name: 'default',
  corpId: 'dingsimcorp',
  appKey: 'dingsimapp',
  appSecret: 'dingsimsecret',
  agentId: 1000001,
  operatorUserId: 'zhangsan',
  drive: { folder: 'dingdock' },
  callbacks: [],
  cardSecrets: [],
};

/** What share-file works with: real tables, S3 at any address, the simulator as DingTalk. Its clock may be ahead. */
export async function shareDeps({ s3, dynamodb, simulator, accessKeyId = 'local' }: World, aheadMs = 0) {
  const credentials = { accessKeyId, secretAccessKey: 'local' };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: 'local' });
  const tables = new DynamoDBClient({ endpoint: dynamodb, region: 'us-east-1', credentials });
  const now = () => Date.now() + aheadMs;
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const answer = await fetch(`${simulator}/v1.0/oauth2/accessToken`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appKey: APP.appKey, appSecret: APP.appSecret }),
  });
  const { accessToken } = v.parse(v.object({ accessToken: v.string() }), await answer.json());
  const dingtalk = createDingTalk({
    app: v.parse(DingTalkApp, APP),
    http: createHttp(),
    count: () => undefined,
    tokens: { get: async () => accessToken, reject: async () => accessToken },
    urls: { api: simulator, oapi: simulator },
    now,
    sleep,
    random: Math.random,
  });
  const queued: string[] = [];
  let ids = 0;
  const deps: ShareDeps = {
    shares: createShareTable(tables, 'shares', now),
    links: createLinkTable(tables, 'shares'),
    media: createMediaTable(tables, 'shares', now),
    messages: createMessageTable(tables, 'messages'),
    merges: createMergeTable(tables, 'messages', now),
    outbox: { put: async (items) => void queued.push(...items.map(({ messageId }) => messageId)) },
    destinations: { get: async () => ({ kind: 'robot-group', openConversationId: 'cidProject=' }) },
    objects: createBucket(createS3Call({ url: s3, region: 'us-east-1', timeoutMs: 60_000, attempts: 1 })),
    appNamed: () => ({ name: APP.name, ...dingtalk }),
    notQueued: () => undefined,
    ids: createIds('test'),
    linkId: (id) => `link-${id}`,
    ...APP_PEOPLE,
    publicUrl: 'https://files.example',
    randomId: () => `${process.pid}-${aheadMs}-${ids++}`,
    now,
    sleep,
    every(ms, work) {
      const timer = setInterval(() => work().catch(() => undefined), ms);
      return () => clearInterval(timer);
    },
    log: memoryLog().log,
  };
  return { deps, queued, tables };
}
