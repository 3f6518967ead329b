import { type InboundQueue, inboundOf } from '../../files/inbound.ts';
import type { BusEvent } from '../event.ts';

/** Lets the files that came with a message be fetched; undefined when it has none. */
export function queueFiles(queue: InboundQueue) {
  return (event: BusEvent) => {
    const inbound = inboundOf(event);
    return inbound && { run: () => queue.put(inbound) };
  };
}
