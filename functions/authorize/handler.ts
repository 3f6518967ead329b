import * as v from 'valibot';
import { keysEnv, readConfig } from '../../lib/base/config.ts';
import { once } from '../../lib/base/once.ts';
import { apiKeys } from '../../lib/compose/clients.ts';
import { authorize } from '../../lib/lambda/authorize.ts';
import { authorizerHandler } from '../../lib/lambda/authorizer.ts';

const ready = once(async () => apiKeys(readConfig(v.object(keysEnv), process.env)));

export const handler = authorizerHandler(async (authorization) => authorize(await ready(), authorization));
