import type { Delivery, Message } from '../../lib/messages/message.ts';

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
