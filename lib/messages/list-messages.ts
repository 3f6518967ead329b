import * as v from 'valibot';
import { CURSOR_FAULT, readCursor, writeCursor } from '../base/cursor.ts';
import { type Fault, InvalidInput } from '../base/errors.ts';
import { DeliveryStatus, type Message, type MessageStore } from './message.ts';
import { type MessageView, messageView } from './view.ts';

export type ListDeps = { messages: Pick<MessageStore, 'listDay'>; now: () => number };

type Wish = { to?: string | undefined; status?: string | undefined; cursor?: string | undefined };

const DAY_MS = 24 * 3_600_000;
/** Records are kept for so long. */
const KEEP_DAYS = 90;
/** A page has at least so many, if there are; and looks no further than so many pages of the table: days without any too. */
const ENOUGH = 20;
const MOST_READS = 100;

/** A page of one day; where it begins is the table's own business. */
const Position = v.object({ day: v.pipe(v.string(), v.isoDate()), page: v.optional(v.string()) });
type Position = v.InferOutput<typeof Position>;

/**
 * Messages, the newest first: those to a destination, those of which a delivery has a status, or both. A page may be
 * empty and still have a cursor: what was asked for is rare, and the search goes on from there.
 * @throws InvalidInput with every fault of the question
 */
export async function listMessages(
  deps: ListDeps,
  { to, status, cursor }: Wish,
): Promise<{ messages: MessageView[]; cursor?: string }> {
  let position: Position | undefined = asked(status, cursor) ?? { day: dayOf(deps.now()) };
  const oldest = dayOf(deps.now() - KEEP_DAYS * DAY_MS);
  const found: Message[] = [];
  for (let reads = 0; position && reads < MOST_READS && found.length < ENOUGH; reads += 1) {
    const page: { messages: Message[]; cursor?: string } = await deps.messages.listDay(position.day, position.page);
    found.push(...page.messages.filter((message) => matches(message, to, status)));
    position = following(position, page.cursor, oldest);
  }
  return { messages: found.map(messageView), ...(position && { cursor: writeCursor(position) }) };
}

function matches({ deliveries }: Message, to: string | undefined, status: string | undefined): boolean {
  return Object.entries(deliveries).some(
    ([name, delivery]) => (to === undefined || name === to) && (status === undefined || delivery.status === status),
  );
}

/** The next page of the day, or the day before; undefined at the end of what is kept. */
function following({ day }: Position, page: string | undefined, oldest: string): Position | undefined {
  if (page !== undefined) return { day, page };
  const before = dayOf(Date.parse(day) - DAY_MS);
  return before < oldest ? undefined : { day: before };
}

/** Where to begin; undefined: at the beginning. */
function asked(status: string | undefined, cursor: string | undefined): Position | undefined {
  const faults: Fault[] = [];
  if (status !== undefined && !v.is(DeliveryStatus, status)) {
    const message = `"${status}" is no status; there are ${DeliveryStatus.options.join(', ')}`;
    faults.push({ path: 'status', code: 'invalid_status', message });
  }
  const position = cursor === undefined ? undefined : readCursor(Position, cursor);
  if (cursor !== undefined && !position) faults.push(CURSOR_FAULT);
  if (faults.length > 0) throw new InvalidInput('messages.list', 'invalid_request', faults, 400);
  return position;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
