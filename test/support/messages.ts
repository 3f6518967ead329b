import { type Delivery, type Message, messageIdAt } from '../../lib/messages/message.ts';
import type { MessageStore } from '../../lib/messages/store.ts';

/** A message that waits for `ops`. */
export function message(over: Partial<Message> = {}): Message {
  return {
    id: 'm_test',
    caller: 'test',
    requestHash: 'hash',
    createdAt: '2026-01-01T00:00:00.000Z',
    delivery: 'at-least-once',
    content: { kind: 'text', text: '你好' },
    deliveries: { ops: delivery() },
    ...over,
  };
}

/** A delivery that nobody has begun. */
export function delivery(over: Partial<Delivery> = {}): Delivery {
  return {
    status: 'queued',
    rev: 0,
    attempts: [],
    done: 0,
    receipts: [],
    crashes: 0,
    fallbackIndex: 0,
    tried: 0,
    ...over,
  };
}

const APART_MS = 10_000;
const AT_ONCE = 50;

/**
 * Stores messages ten seconds apart, to ten destinations and of five keys: of a hundred one failed, one waits, and the
 * others were sent. @returns their ids, the newest first
 */
export async function storeMany(store: Pick<MessageStore, 'create'>, many: number, newest: number): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < many; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, many - from) }, (_, n) => from + n);
    const stored = some.map(async (n) => {
      const at = newest - n * APART_MS;
      const id = messageIdAt(at, String(n));
      const ended = n % 100 === 7 ? delivery({ status: 'failed' }) : delivery({ status: 'sent' });
      const deliveries = { [`to${n % 10}`]: n % 100 === 8 ? delivery({ waiting: true }) : ended };
      await store.create(message({ id, createdAt: new Date(at).toISOString(), caller: `key:${n % 5}`, deliveries }));
      return id;
    });
    ids.push(...(await Promise.all(stored)));
  }
  return ids;
}
