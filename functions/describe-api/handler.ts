import { createLog } from '../../lib/base/log.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import openapi from '../../openapi.json' with { type: 'json' };

export const handler = httpHandler(async () => undefined, createLog('describe-api', process.env.STAGE), {
  'GET /openapi.json': async () => ({ status: 200, body: openapi }),
});
