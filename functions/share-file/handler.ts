import * as v from 'valibot';
import { acceptEnv, dingtalkEnv, publicEnv, readConfig, sharesEnv, uploadsWorkEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { appPeople } from '../../lib/compose/app-people.ts';
import { dingtalkApps } from '../../lib/compose/apps.ts';
import { recordIds, workedQueue } from '../../lib/compose/clients.ts';
import { every, objects, shareTables } from '../../lib/compose/files.ts';
import { linkKeys } from '../../lib/compose/links.ts';
import { acceptPorts } from '../../lib/compose/messages.ts';
import { countedCalls } from '../../lib/compose/meter.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { HIDDEN_MS, shareFile, UploadNotification } from '../../lib/files/share/share-file.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { queueHandler } from '../../lib/lambda/queue.ts';
import { writeCalls } from '../../lib/messages/limits/quota.ts';

const log = createLog('share-file', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object({ ...acceptEnv, ...dingtalkEnv, ...sharesEnv, ...publicEnv }), process.env);
  const secret = await loadSecrets(config);
  const ports = {
    ...acceptPorts(config, secret, log),
    ...linkKeys(config, secret),
    ...recordIds(secret),
    ...shareTables(config, log),
    ...objects(config),
  };
  return {
    ...ports,
    ...countedCalls(config, metricLines(process.env.STAGE), log),
    appNamed: dingtalkApps(config, secret, log),
    ...appPeople(secret),
    every,
  };
});

const queue = once(async () => {
  const config = readConfig(v.object(uploadsWorkEnv), process.env);
  return workedQueue(config, config.UPLOADS_QUEUE_URL, config.UPLOADS_DEAD_LETTERS_URL);
});

export const handler = queueHandler({
  queue,
  ready,
  log,
  schema: UploadNotification,
  run: shareFile,
  end: writeCalls,
  holdMs: HIDDEN_MS,
});
