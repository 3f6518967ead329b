import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ServiceError } from '../errors.ts';
import type { Bus } from '../events/event.ts';

/** An EventBridge bus; an event's type is the detail-type. */
export function createBus(client: EventBridgeClient, busName: string): Bus {
  return {
    async publish(event) {
      const entry = {
        EventBusName: busName,
        Source: 'dingdock',
        DetailType: event.type,
        Detail: JSON.stringify(event),
        Time: new Date(event.occurredAt),
      };
      const { Entries } = await client.send(new PutEventsCommand({ Entries: [entry] }));
      const code = Entries?.[0]?.ErrorCode;
      if (code) throw new ServiceError('bus.publish', { code, retryable: true });
    },
  };
}
