import * as v from 'valibot';
import type { MessageList } from '../../contract/answers/messages.ts';
import type { ListMessages } from '../../contract/requests/messages.ts';
import { CURSOR_FAULT, readCursor, writeCursor } from '../base/cursor.ts';
import { InvalidInput } from '../base/errors.ts';
import type { Message, MessageStore } from './message.ts';
import { messageView } from './view.ts';

export type ListDeps = { messages: Pick<MessageStore, 'listDay'>; now: () => number };

const DAY_MS = 24 * 3_600_000;
/** How long records are kept. */
const KEEP_DAYS = 90;
/** A page has at least this many messages, if they exist, and reads at most this many pages of the table. */
const ENOUGH = 20;
const MOST_READS = 100;

/** A page of one day; `page` is the table's own cursor. */
const Position = v.object({ day: v.pipe(v.string(), v.isoDate()), page: v.optional(v.string()) });
type Position = v.InferOutput<typeof Position>;

/**
 * Messages, the newest first: those to a destination, those of which a delivery has a status, or both. A page may be
 * empty and still have a cursor: what was asked for is rare, and the search goes on from there.
 * @throws InvalidInput for a cursor that this list did not give
 */
export async function listMessages(deps: ListDeps, { to, status, cursor }: ListMessages): Promise<MessageList> {
  let position: Position | undefined = cursor === undefined ? { day: dayOf(deps.now()) } : positionOf(cursor);
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

/** The next page of the day, or the day before; undefined at the end of the records. */
function following({ day }: Position, page: string | undefined, oldest: string): Position | undefined {
  if (page !== undefined) return { day, page };
  const before = dayOf(Date.parse(day) - DAY_MS);
  return before < oldest ? undefined : { day: before };
}

function positionOf(cursor: string): Position {
  const position = readCursor(Position, cursor);
  if (position) return position;
  throw new InvalidInput('messages.list', CURSOR_FAULT.code, [CURSOR_FAULT]);
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
