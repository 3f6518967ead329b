import * as v from 'valibot';
import { shareTable } from '../../lib/compose.ts';
import { readConfig, sharesEnv } from '../../lib/config.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { once } from '../../lib/lambda/once.ts';
import { createLog } from '../../lib/log.ts';
import { getShare, listShares } from './list-shares.ts';

const ready = once(async () => shareTable(readConfig(v.object(sharesEnv), process.env)));

export const handler = httpHandler(ready, createLog('list-shares'), {
  'GET /shares': async (shares, { query }) => {
    const today = new Date().toISOString().slice(0, 10);
    return { status: 200, body: await listShares(shares, query.day ?? today, query.cursor) };
  },
  'GET /shares/{id}': async (shares, { params }) => ({ status: 200, body: await getShare(shares, params.id ?? '') }),
});
