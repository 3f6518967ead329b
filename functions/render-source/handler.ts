import * as v from 'valibot';
import { acceptEnv, bucketEnv, costEnv, followedEnv, readConfig, sourcesWorkEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { workedQueue } from '../../lib/compose/clients.ts';
import { acceptPorts, costLimits } from '../../lib/compose/messages.ts';
import { loadOwnKeys } from '../../lib/compose/secret.ts';
import { incidentChanges, incidentIds, rawStore, sourceTable } from '../../lib/compose/sources.ts';
import { fillTemplate } from '../../lib/compose/templates.ts';
import { queueHandler } from '../../lib/lambda/queue.ts';
import { renderSource } from '../../lib/sources/render-source.ts';
import { Received } from '../../lib/sources/source.ts';

const log = createLog('render-source', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object({ ...acceptEnv, ...costEnv, ...followedEnv, ...bucketEnv }), process.env);
  const secret = await loadOwnKeys(config);
  return {
    ...acceptPorts(config, secret, log),
    ...costLimits(config),
    ...sourceTable(config, secret, log),
    ...incidentChanges(config, log),
    ...incidentIds(secret),
    ...rawStore(config),
    fill: fillTemplate,
    log,
  };
});

const queue = once(async () => {
  const config = readConfig(v.object(sourcesWorkEnv), process.env);
  return workedQueue(config, config.SOURCES_QUEUE_URL, config.SOURCES_DEAD_LETTERS_URL);
});

export const handler = queueHandler({ queue, ready, log, schema: Received, run: renderSource });
