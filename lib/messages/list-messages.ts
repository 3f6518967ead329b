import * as v from 'valibot';
import type { MessageList } from '../../contract/answers/messages.ts';
import type { ListMessages } from '../../contract/requests/messages.ts';
import type { Access } from '../base/access.ts';
import { CURSOR_FAULT, readCursor, writeCursor } from '../base/cursor.ts';
import { InvalidInput } from '../base/errors.ts';
import type { MessageState } from './message.ts';
import type { MessageStore, StatePage } from './store.ts';
import { messageView } from './view.ts';

export type ListDeps = { messages: Pick<MessageStore, 'listDay' | 'listed'>; keepDays: number; now: () => number };

const DAY_MS = 24 * 3_600_000;
const PAGE = 25;
/** Days that one page of all messages looks into. */
const MOST_DAYS = 3;

/** A page of one day; `page` is the table's own cursor. */
const Position = v.object({ day: v.pipe(v.string(), v.isoDate()), page: v.optional(v.string()) });
type Position = v.InferOutput<typeof Position>;

/**
 * Messages, the newest first: all, or those of one list. A page reads its list and the messages on it, and nothing else; it
 * may be short, even empty, and still have a cursor.
 * @throws InvalidInput for a cursor that this list did not give
 */
export async function listMessages(deps: ListDeps, asked: ListMessages, access: Access): Promise<MessageList> {
  const { to, status, day, cursor, limit = PAGE } = asked;
  const owner = asked.owner === 'me' ? access.owner : asked.owner;
  const isAll = to === undefined && owner === undefined && status === undefined;
  const page = isAll
    ? await allMessages(deps, { day, cursor, limit })
    : await deps.messages.listed({ to, owner, status }, { day, cursor, limit });
  return {
    messages: page.messages.map((message) => messageView(message)),
    ...(page.cursor !== undefined && { cursor: page.cursor }),
  };
}

type Asked = { day?: string | undefined; cursor?: string | undefined; limit: number };

/** All messages, from day to day; of one day if it is given. */
async function allMessages({ messages, keepDays, now }: ListDeps, { day, cursor, limit }: Asked): Promise<StatePage> {
  let position: Position | undefined = cursor === undefined ? { day: day ?? dayOf(now()) } : positionOf(cursor);
  const oldest = day ?? dayOf(now() - keepDays * DAY_MS);
  const found: MessageState[] = [];
  for (let days = 0; position && days < MOST_DAYS && found.length < limit; days += 1) {
    const page: StatePage = await messages.listDay(position.day, {
      cursor: position.page,
      limit: limit - found.length,
    });
    found.push(...page.messages);
    position = following(position, page.cursor, oldest);
  }
  return { messages: found, ...(position && { cursor: writeCursor(position) }) };
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
