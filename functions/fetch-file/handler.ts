import * as v from 'valibot';
import {
  acceptEnv,
  bucketEnv,
  busEnv,
  dingtalkEnv,
  inboundEnv,
  inboundWorkEnv,
  readConfig,
} from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { appPeople } from '../../lib/compose/app-people.ts';
import { dingtalkApps } from '../../lib/compose/apps.ts';
import { workedQueue } from '../../lib/compose/clients.ts';
import { eventPorts } from '../../lib/compose/events.ts';
import { downloads, inbox } from '../../lib/compose/files.ts';
import { acceptPorts } from '../../lib/compose/messages.ts';
import { countedCalls } from '../../lib/compose/meter.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { fetchFile } from '../../lib/events/fetch-file.ts';
import { Inbound } from '../../lib/files/inbound.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { queueHandler } from '../../lib/lambda/queue.ts';
import { writeCalls } from '../../lib/messages/limits/quota.ts';

const log = createLog('fetch-file', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(
    v.object({ ...acceptEnv, ...dingtalkEnv, ...busEnv, ...bucketEnv, ...inboundEnv }),
    process.env,
  );
  const secret = await loadSecrets(config);
  const ports = {
    ...acceptPorts(config, secret, log),
    ...eventPorts(config),
    ...inbox(config),
    ...downloads(config, secret),
  };
  const counted = countedCalls(config, metricLines(process.env.STAGE), log);
  return { ...ports, ...counted, appNamed: dingtalkApps(config, secret, log), ...appPeople(secret) };
});

const queue = once(async () => {
  const config = readConfig(v.object(inboundWorkEnv), process.env);
  return workedQueue(config, config.INBOUND_QUEUE_URL, config.INBOUND_DEAD_LETTERS_URL);
});

export const handler = queueHandler({
  queue,
  ready,
  log,
  schema: Inbound,
  run: fetchFile,
  end: writeCalls,
});
