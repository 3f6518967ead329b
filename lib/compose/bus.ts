import { createBus } from '../aws/bus.ts';
import { createJsonCall } from '../aws/json-call.ts';
import { type AwsConfig, endpoint, patient } from './clients.ts';

export type BusConfig = AwsConfig & { BUS_NAME: string; AWS_ENDPOINT_URL_EVENTBRIDGE?: string | undefined };

/** Where other systems hear of events. */
export function bus(config: BusConfig) {
  const { AWS_REGION: region, AWS_ENDPOINT_URL_EVENTBRIDGE: url = endpoint('events', region) } = config;
  return createBus(createJsonCall({ url, service: 'events', region, ...patient }), config.BUS_NAME);
}
