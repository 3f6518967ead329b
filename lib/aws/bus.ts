import * as v from 'valibot';
import { ServiceError } from '../base/errors.ts';
import type { Bus } from '../events/event.ts';
import type { JsonCall } from './json-call.ts';

const Outcome = v.object({ Entries: v.array(v.object({ ErrorCode: v.optional(v.string()) })) });

/** An EventBridge bus; an event's type is the detail-type. EventBridge says 200 also when it did not take the event. */
export function createBus(call: JsonCall, busName: string): Bus {
  return {
    async publish(event) {
      const entry = {
        EventBusName: busName,
        Source: 'dingdock',
        DetailType: event.type,
        Detail: JSON.stringify(event),
        Time: Date.parse(event.occurredAt) / 1000,
      };
      const { Entries } = v.parse(Outcome, await call('AWSEvents.PutEvents', { Entries: [entry] }));
      const code = Entries[0]?.ErrorCode;
      if (code !== undefined) throw new ServiceError('bus.publish', { code, retryable: true });
    },
  };
}
