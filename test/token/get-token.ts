import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTokenTable } from '../../lib/aws/tables/token-table.ts';
import { createSeal } from '../../lib/base/seal.ts';
import { createTokenProvider } from '../../lib/dingtalk/token/access-token.ts';
import { createFetchToken } from '../../lib/dingtalk/token/token-source.ts';
import { createHttp } from '../../lib/dingtalk/transport/http.ts';

// One function instance, as far as tokens go: each line on stdin names an app; the answer is that app's token. Its clock stands
// still but for a line `later`: on a busy machine a lease would end before its owner had a turn.
const { DYNAMODB_URL = '', DINGTALK_URL = '', TABLE = '', NOW = '' } = process.env;
const store = createTokenTable(new DynamoDBClient({ endpoint: DYNAMODB_URL, region: 'local' }), TABLE);
const http = createHttp();
const owner = randomUUID();
const silent = () => {};
/** A lease, and by how far clocks may differ. */
const LATER_MS = 10_000;
let now = Number(NOW);
const clock = () => now;

function tokenOf(appKey: string): Promise<string> {
  const app = { appKey, appSecret: 'dingsimsecret', corpId: 'dingsimcorp' };
  const urls = { api: DINGTALK_URL, oapi: DINGTALK_URL };
  const provider = createTokenProvider({
    key: `${appKey}/accessToken`,
    store,
    fetchToken: createFetchToken({ http, app, urls, source: 'accessToken', now: clock }),
    seal: createSeal(app.appSecret, 'token'),
    now: clock,
    sleep,
    random: Math.random,
    log: { info: silent, warn: silent, error: silent },
    owner,
  });
  return provider.get();
}

process.stdout.write('ready\n');
createInterface({ input: process.stdin }).on('line', async (line) => {
  if (line === 'later') now += LATER_MS;
  else process.stdout.write(`${await tokenOf(line)}\n`);
});
