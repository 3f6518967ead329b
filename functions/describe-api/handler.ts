import * as v from 'valibot';
import { docsPage } from '../../contract/reference/page.ts';
import { referenceOf } from '../../contract/reference/reference.ts';
import { descriptionRoutes } from '../../contract/routes/service.ts';
import { ROUTES } from '../../contract/routes.ts';
import { consoleEnv, readConfig } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import script from '../../lib/console/app/main.tsx?script';
import { consolePage } from '../../lib/console/console-page.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { unknownRoute } from '../../lib/lambda/unknown-route.ts';
import openapi from '../../openapi.json' with { type: 'json' };

const docs = once(async () => docsPage(referenceOf(openapi)));
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
    'GET /openapi.json': async () => ({ status: 200, body: openapi }),
    'GET /docs': docs,
    'GET /console': async ({ signsIn }, { query, headers }) => consolePage(script, signsIn, { query, headers }),
    async $default(_, { method, path }) {
      throw unknownRoute(ROUTES, method, path);
    },
  },
});
