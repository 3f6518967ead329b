import type { Destination } from '../destination.ts';
import type { Calls, Rendered, Sent } from '../kinds/kind.ts';
import { kindOf } from '../kinds/kinds.ts';

/** Sends one rendered message to DingTalk. `uuid` is the same for every try of the same message. */
export type Sender = (destination: Destination, rendered: Rendered, uuid: string) => Promise<Sent>;

export function createSender(calls: Calls): Sender {
  return (destination, rendered, uuid) => kindOf(destination).send(calls, destination, { rendered, uuid });
}
