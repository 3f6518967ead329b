import * as v from 'valibot';
import { acceptPorts, dingtalkApps, linkKeys, loadSecret, shareTable, uploads } from '../../lib/compose.ts';
import { acceptEnv, dingtalkEnv, publicEnv, readConfig, sharesEnv } from '../../lib/config.ts';
import { once } from '../../lib/lambda/once.ts';
import { queueHandler } from '../../lib/lambda/queue.ts';
import { createLog } from '../../lib/log.ts';
import { shareFile, UploadNotification } from './share-file.ts';

const log = createLog('share-file');
const ready = once(async () => {
  const config = readConfig(v.object({ ...acceptEnv, ...dingtalkEnv, ...sharesEnv, ...publicEnv }), process.env);
  const secret = await loadSecret(config);
  const shares = shareTable(config);
  const appNamed = dingtalkApps(config, secret, log);
  const ports = { shares, links: shares.links, objects: uploads(), appNamed, log };
  return { ...acceptPorts(config, secret), ...linkKeys(config, secret), ...ports };
});

export const handler = queueHandler({ ready, log, schema: UploadNotification, run: shareFile });
