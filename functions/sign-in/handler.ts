import * as v from 'valibot';
import { signInRoutes } from '../../contract/routes/sign-in.ts';
import { consoleEnv, dingtalkEnv, ownKeysEnv, publicEnv, readConfig, recordsEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { signInPorts } from '../../lib/compose/visitors.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import {
  comeBack,
  giveConsoleToken,
  leaveFor,
  openSignIn,
  signOut,
  sorryPage,
  takeCode,
} from '../../lib/sign-in/doors.ts';

const log = createLog('sign-in', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(
    v.object({ ...dingtalkEnv, ...ownKeysEnv, ...recordsEnv, ...publicEnv, ...consoleEnv }),
    process.env,
  );
  return signInPorts(config, await loadSecrets(config), log);
});

export const handler = httpHandler({
  ready,
  log,
  routes: signInRoutes,
  handlers: {
    'GET /sign-in': async (deps, request) => openSignIn(deps, request),
    'GET /sign-in/start': async (deps, request) => leaveFor(deps, request),
    'GET /sign-in/callback': async (deps, request) => comeBack(deps, request),
    'POST /sign-in/dingtalk': async (deps, request) => takeCode(deps, request),
    'POST /sign-in/console': async (deps, request) => giveConsoleToken(deps, request),
    'POST /sign-in/end': async (deps, request) => signOut(deps, request),
  },
  show: sorryPage,
});
