import * as v from 'valibot';
import { uploadRoutes } from '../../contract/routes/upload.ts';
import { bucketEnv, callersEnv, costEnv, destinationsEnv, readConfig, sharesEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { callerPorts, recordIds } from '../../lib/compose/clients.ts';
import { shareTables, signedUrls } from '../../lib/compose/files.ts';
import { costLimits, destinationTable } from '../../lib/compose/messages.ts';
import { loadOwnKeys } from '../../lib/compose/secret.ts';
import { requestUpload } from '../../lib/files/share/request-upload.ts';
import { callersBy } from '../../lib/lambda/callers.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { nameFaults } from '../../lib/messages/accept.ts';

const log = createLog('request-upload', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object({ ...destinationsEnv, ...costEnv, ...sharesEnv, ...bucketEnv }), process.env);
  const keys = await loadOwnKeys(config);
  const ports = { ...shareTables(config, log), ...costLimits(config), ...signedUrls(config), ...recordIds(keys) };
  const destinations = destinationTable(config, keys);
  return { ...ports, destinations, bucket: config.UPLOADS_BUCKET, now: Date.now };
});

const callers = once(async () => callersBy(callerPorts(readConfig(v.object(callersEnv), process.env))));

export const handler = httpHandler({
  ready,
  callers,
  log,
  routes: uploadRoutes,
  handlers: {
    'POST /files': {
      check: nameFaults('to', { beside: 1 }), // the upload to DingTalk
      run: async (deps, { access, idempotencyKey, body }) => ({
        status: 201,
        body: await requestUpload(deps, { access, idempotencyKey, body }),
      }),
    },
  },
});
