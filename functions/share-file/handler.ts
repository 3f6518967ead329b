import * as v from 'valibot';
import { acceptEnv, dingtalkEnv, publicEnv, readConfig, sharesEnv, uploadsEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { dingtalkApps } from '../../lib/compose/apps.ts';
import { giveBackTo } from '../../lib/compose/clients.ts';
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
  const config = readConfig(
    v.object({ ...acceptEnv, ...dingtalkEnv, ...sharesEnv, ...uploadsEnv, ...publicEnv }),
    process.env,
  );
  const secret = await loadSecrets(config);
  const ports = {
    ...acceptPorts(config, secret, log),
    ...linkKeys(config, secret),
    ...shareTables(config),
    ...objects(),
  };
  return {
    ...ports,
    ...countedCalls(config, metricLines(process.env.STAGE), log),
    ...giveBackTo(config, config.UPLOADS_QUEUE_URL),
    appNamed: dingtalkApps(config, secret, log),
    every,
  };
});

export const handler = queueHandler({
  ready,
  log,
  schema: UploadNotification,
  run: shareFile,
  end: writeCalls,
  hiddenMs: HIDDEN_MS,
  giveBack: ({ giveBack }, receiptHandle, ms) => giveBack(receiptHandle, ms),
});
