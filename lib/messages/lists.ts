import { ListedStatus } from '../../contract/records/messages.ts';
import { sha256 } from '../base/hash.ts';
import { type Delivery, isFinished, type MessageState } from './message.ts';

/** A list: all messages; or those to a destination, of an owner, or of a status, also of a status within the others. */
export type List = { to?: string | undefined; owner?: string | undefined; status?: ListedStatus | undefined };

/** Names and owners that are longer stand in a key by their hash. */
const LONGEST_NAME = 200;

/** The name of a list; undefined for that of all. */
export function nameOf({ to, owner, status }: List): string | undefined {
  const [kind, of] = to !== undefined ? ['to', to] : ['owner', owner];
  const name = of === undefined ? undefined : `${kind}#${of.length > LONGEST_NAME ? sha256(of) : of}`;
  if (status === undefined) return name;
  return name === undefined ? `status#${status}` : `${name}#${status}`;
}

type Listed = Pick<Delivery, 'status' | 'waiting' | 'fallback'>;

/** The status by which a delivery is listed; undefined for one that goes, or went, straight through. */
export function listedAs({ status, waiting, fallback }: Listed): ListedStatus | undefined {
  if (fallback) return undefined; // what it went to is listed
  const listed = ListedStatus.options.find((one) => one === status);
  if (listed !== 'queued' && isFinished(status)) return listed;
  return waiting ? 'queued' : undefined;
}

/** A row of a list: the message, and of a list of statuses also the destination. */
export type Row = { list: string; messageId: string; destination?: string };

type Owned = Pick<MessageState, 'id' | 'caller'>;

/** Of a part of dingdock nobody lists the messages: owners of keys have another form (`key:ci`, lib/lambda/caller.ts). */
function ownersOf({ caller }: Owned): string[] {
  return caller.includes(':') ? [caller] : [];
}

/** All rows that a message has by its state; a new one has those of its owner of keys, if any, and its destinations. */
export function rowsOf(message: MessageState): Row[] {
  const { id: messageId, deliveries } = message;
  const all: List[] = [
    ...ownersOf(message).map((owner) => ({ owner })),
    ...Object.keys(deliveries).map((to) => ({ to })),
  ];
  const ofStatus = Object.entries(deliveries).flatMap(([name, delivery]) => {
    const status = listedAs(delivery);
    return status ? statusRows(message, name, status) : [];
  });
  return [...all.map((list) => ({ list: nameOf(list) ?? '', messageId })), ...ofStatus];
}

/** The rows of a delivery with this status. */
export function statusRows(message: Owned, destination: string, status: ListedStatus): Row[] {
  const { id: messageId } = message;
  const owned = ownersOf(message).map((owner) => ({ owner, status }));
  const lists: List[] = [{ status }, { to: destination, status }, ...owned];
  return lists.map((list) => ({ list: nameOf(list) ?? '', messageId, destination }));
}

/** Whether a message still belongs where a row has it. */
export function belongs(
  { deliveries }: MessageState,
  destination: string | undefined,
  status: ListedStatus | undefined,
) {
  if (destination === undefined || status === undefined) return true;
  const delivery = deliveries[destination];
  return delivery !== undefined && listedAs(delivery) === status;
}
