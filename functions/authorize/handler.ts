import * as v from 'valibot';
import { apiKeys } from '../../lib/compose/keys.ts';
import { keysEnv, readConfig } from '../../lib/config.ts';
import { authorizerHandler } from '../../lib/lambda/authorizer.ts';
import { once } from '../../lib/lambda/once.ts';
import { authorize } from './authorize.ts';

const ready = once(async () => apiKeys(readConfig(v.object(keysEnv), process.env)));

export const handler = authorizerHandler(async (authorization) => authorize(await ready(), authorization));
