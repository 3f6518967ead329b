import { descriptionRoutes } from '../../contract/routes/service.ts';
import { createLog } from '../../lib/base/log.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import openapi from '../../openapi.json' with { type: 'json' };

export const handler = httpHandler({
  ready: async () => undefined,
  log: createLog('describe-api', process.env.STAGE),
  routes: descriptionRoutes,
  handlers: {
    'GET /openapi.json': async () => ({ status: 200, body: openapi }),
  },
});
