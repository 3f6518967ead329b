import * as v from 'valibot';
import { publicEnv, readConfig, sharesEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { shareTables } from '../../lib/compose/files.ts';
import { getShare, listShares, revokeLink } from '../../lib/files/share/manage-shares.ts';
import { httpHandler } from '../../lib/lambda/http.ts';

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
