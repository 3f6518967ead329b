import type { Metric } from '../../base/embedded-metric.ts';
import type { Log } from '../../base/log.ts';
import type { BusEvent } from '../event.ts';

/**
 * The month's pushes are used up: DingTalk tells that somebody wrote, and not what (callbacks.md §0, fact 12). Whoever
 * runs this has to buy some or wait, so it is a metric to alarm on and an error in the log.
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
