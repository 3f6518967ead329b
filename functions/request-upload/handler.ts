import * as v from 'valibot';
import { uploadRoutes } from '../../contract/routes/upload.ts';
import { bucketEnv, destinationsEnv, readConfig, sharesEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { randomId } from '../../lib/compose/clients.ts';
import { shareTables, signedUrls } from '../../lib/compose/files.ts';
import { destinationTable } from '../../lib/compose/messages.ts';
import { loadSecret } from '../../lib/compose/secret.ts';
import { requestUpload } from '../../lib/files/share/request-upload.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { nameFaults } from '../../lib/messages/accept.ts';

const ready = once(async () => {
  const config = readConfig(v.object({ ...destinationsEnv, ...sharesEnv, ...bucketEnv }), process.env);
  const destinations = destinationTable(config, await loadSecret(config));
  const ports = { ...shareTables(config), ...signedUrls(), destinations };
  return { ...ports, bucket: config.UPLOADS_BUCKET, randomId, now: Date.now };
});

export const handler = httpHandler({
  ready,
  log: createLog('request-upload', process.env.STAGE),
  routes: uploadRoutes,
  handlers: {
    'POST /files': {
      check: nameFaults('to'),
      run: async (deps, { caller, idempotencyKey, body }) => ({
        status: 201,
        body: await requestUpload(deps, { caller, idempotencyKey, body }),
      }),
    },
  },
});
