import * as v from 'valibot';
import { ServiceError } from '../base/errors.ts';
import type { Bus, BusEvent } from '../events/event.ts';
import type { JsonCall } from './json-call.ts';

const Outcome = v.object({ Entries: v.array(v.object({ ErrorCode: v.optional(v.string()) })) });

/** EventBridge takes 256 kB of an event in China; the rest is for what stands around it. */
const MOST_BYTES = 200_000;

/** An EventBridge bus; an event's type is the detail-type. EventBridge says 200 also when it did not take the event. */
export function createBus(call: JsonCall, busName: string): Bus {
  return {
    async publish(event) {
      const entry = {
        EventBusName: busName,
        Source: 'dingdock',
        DetailType: event.type,
        Detail: detailOf(event),
        Time: Date.parse(event.occurredAt) / 1000,
      };
      const { Entries } = v.parse(Outcome, await call('AWSEvents.PutEvents', { Entries: [entry] }));
      const code = Entries[0]?.ErrorCode;
      if (code !== undefined) throw new ServiceError('bus.publish', { code, retryable: true });
    },
  };
}

/** Without DingTalk's own JSON where both are too much: what was read of it is in `data`. */
function detailOf(event: BusEvent): string {
  const detail = JSON.stringify(event);
  if (Buffer.byteLength(detail) <= MOST_BYTES) return detail;
  const { raw: _, ...rest } = event;
  return JSON.stringify({ ...rest, raw: '', rawLeftOut: true });
}
