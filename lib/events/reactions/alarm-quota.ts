import type { Metric } from '../../base/embedded-metric.ts';
import type { Log } from '../../base/log.ts';
import type { BusEvent } from '../event.ts';

/**
 * The monthly pushes are used up: DingTalk reports messages without their text (callbacks.md §0, fact 12). The operator
 * has to buy more or wait, so it is logged as an error and counted for an alarm.
 */
export function alarmQuota({ log, metric }: { log: Log; metric: Metric }) {
  return (event: BusEvent) => {
    if (event.type !== 'robot.quota') return undefined;
    return {
      async run() {
        log.error('push-quota-exhausted', { app: event.app, code: '20001' });
        metric('PushQuotaExhausted', 1, { app: event.app });
      },
    };
  };
}
