import { createMeterTable } from '../aws/tables/meter-table.ts';
import type { Config, meterEnv, publishEnv } from '../base/config.ts';
import type { Metric } from '../base/embedded-metric.ts';
import type { Log } from '../base/log.ts';
import { oncePer } from '../base/once.ts';
import { createMeter, type Meter } from '../messages/limits/meter.ts';
import { type AwsConfig, bus, clock, dynamodb } from './clients.ts';
import type { Apps } from './secret.ts';

const meters = new Map<string, Meter>();

/** The counts of calls to DingTalk: one meter a container, whatever makes the calls. */
export function callMeter(config: AwsConfig & Pick<Config<typeof meterEnv>, 'LIMITS_TABLE'>): Meter {
  const { LIMITS_TABLE: table } = config;
  return oncePer(meters, table, () => createMeter(createMeterTable(dynamodb(config), table, clock.now), clock.now));
}

/** What writes the counted calls at the end of a request or a batch, and tells when a quota comes near its end. */
export function countedCalls(config: Config<typeof meterEnv>, metric: Metric, log: Log) {
  return {
    meter: callMeter(config),
    policy: { quotas: quotasOf(config), reserve: config.QUOTA_RESERVE_PERCENT / 100 },
    metric,
    log,
  };
}

/** What telling the bus of a quota takes. */
export function toldQuota(config: AwsConfig & Config<typeof meterEnv & typeof publishEnv>, { apps: [app] }: Apps) {
  const levels = createMeterTable(dynamodb(config), config.LIMITS_TABLE, clock.now);
  return { levels, bus: bus(config), company: { app: app?.name ?? '', corpId: app?.corpId ?? '' } };
}

/** What the usage of a month is read from. */
export function usagePorts(config: Config<typeof meterEnv>) {
  return { months: createMeterTable(dynamodb(config), config.LIMITS_TABLE, clock.now), quotas: quotasOf(config) };
}

function quotasOf({ MONTHLY_API_CALLS: api, MONTHLY_WEBHOOK_CALLS: webhook }: Config<typeof meterEnv>) {
  return { api, webhook };
}
