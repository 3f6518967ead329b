import * as v from 'valibot';
import { descriptionRoutes } from '../../contract/routes/service.ts';
import { consoleEnv, readConfig } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import script from '../../lib/console/app/main.tsx?script';
import { httpHandler } from '../../lib/lambda/http.ts';
import { unknownRoute } from '../../lib/lambda/unknown-route.ts';

// Loaded with the first request for it: to load all of it takes longer than the rest, and health is asked the most.
const openapi = once(async () => (await import('../../openapi.json', { with: { type: 'json' } })).default);
const docs = once(async () => {
  const { docsPage } = await import('../../contract/reference/page.ts');
  const { referenceOf } = await import('../../contract/reference/reference.ts');
  return docsPage(referenceOf(await openapi()));
});
const ready = once(async () => {
  const { CONSOLE_OPERATORS, CONSOLE_READERS } = readConfig(v.object(consoleEnv), process.env);
  return { signsIn: CONSOLE_OPERATORS.length + CONSOLE_READERS.length > 0 };
});

export const handler = httpHandler({
  ready,
  log: createLog('describe-api', process.env.STAGE),
  // what API Gateway finds no route for comes by $default
  routes: { ...descriptionRoutes, $default: { needs: 'none', reaches: {} } },
  handlers: {
    'GET /health': async () => ({ status: 200, body: { status: 'ok' } }),
    'GET /openapi.json': async () => ({ status: 200, body: await openapi() }),
    'GET /docs': docs,
    async 'GET /console'({ signsIn }, { query, headers }) {
      const { consolePage } = await import('../../lib/console/console-page.ts');
      return consolePage(script, signsIn, { query, headers });
    },
    async $default(_, { method, path }) {
      const { ROUTES } = await import('../../contract/routes.ts');
      throw unknownRoute(ROUTES, method, path);
    },
  },
});
