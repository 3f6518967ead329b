import * as v from 'valibot';
import { shareTables } from '../../lib/compose/files.ts';
import { publicEnv, readConfig, sharesEnv } from '../../lib/config.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { once } from '../../lib/lambda/once.ts';
import { createLog } from '../../lib/log.ts';
import { getShare, listShares, revokeLink } from './manage-shares.ts';

const ready = once(async () => {
  const config = readConfig(v.object({ ...sharesEnv, ...publicEnv }), process.env);
  return { ...shareTables(config), publicUrl: config.PUBLIC_URL, now: Date.now };
});

export const handler = httpHandler(ready, createLog('manage-shares', process.env.STAGE), {
  'GET /shares': async (deps, { query }) => {
    const today = new Date(deps.now()).toISOString().slice(0, 10);
    return { status: 200, body: await listShares(deps, query.day ?? today, query.cursor) };
  },
  'GET /shares/{id}': async (deps, { params, access }) => ({
    status: 200,
    body: await getShare(deps, params.id ?? '', access),
  }),
  'DELETE /shares/{id}/link': async (deps, { params, access }) => {
    await revokeLink(deps, params.id ?? '', access);
    return { status: 204 };
  },
});
