import * as v from 'valibot';
import { loadSecret, missedPorts } from '../../lib/compose.ts';
import { callbackEnv, dingtalkEnv, readConfig } from '../../lib/config.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { once } from '../../lib/lambda/once.ts';
import { scheduleHandler } from '../../lib/lambda/schedule.ts';
import { createLog } from '../../lib/log.ts';
import { fetchMissed } from './fetch-missed.ts';

const log = createLog('reconcile');
const ready = once(async () => {
  const config = readConfig(v.object({ ...dingtalkEnv, ...callbackEnv }), process.env);
  const metric = metricLines('reconcile', Date.now, (line) => console.log(line));
  return { ...missedPorts(config, await loadSecret(config), log), metric };
});

export const handler = scheduleHandler(ready, log, { 'missed-callbacks': fetchMissed });
