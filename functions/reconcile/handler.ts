import * as v from 'valibot';
import { acceptEnv, callbackEnv, dingtalkEnv, publishEnv, readConfig } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { missedPorts } from '../../lib/compose/callbacks.ts';
import { acceptPorts, lanePorts } from '../../lib/compose/messages.ts';
import { countedCalls, toldQuota } from '../../lib/compose/meter.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { fetchMissed } from '../../lib/events/fetch-missed.ts';
import { moveKept } from '../../lib/events/move-kept.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { scheduleHandler } from '../../lib/lambda/schedule.ts';
import { requeueStuck } from '../../lib/messages/deliver/requeue-stuck.ts';
import { countingCalls } from '../../lib/messages/limits/quota.ts';
import { tellQuota } from '../../lib/messages/limits/tell-quota.ts';

const log = createLog('reconcile', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object({ ...acceptEnv, ...dingtalkEnv, ...callbackEnv, ...publishEnv }), process.env);
  const metric = metricLines(process.env.STAGE);
  const secret = await loadSecrets(config);
  const counted = countedCalls(config, metric, log);
  return {
    ...acceptPorts(config, secret, log),
    ...lanePorts(config, log),
    ...missedPorts(config, secret, log),
    ...counted,
    ...toldQuota(config, secret),
  };
});

export const handler = scheduleHandler(ready, log, {
  'missed-callbacks': countingCalls(fetchMissed),
  'kept-callbacks': moveKept,
  'stuck-messages': requeueStuck,
  'quota-levels': tellQuota,
});
