import * as v from 'valibot';
import { Message } from '../lib/messages/message.ts';

/** A record of a message that was sent to the project's group. */
export function sentMessage(id: string, createdAt = new Date()): Message {
  return v.parse(Message, {
    id,
    caller: 'bench',
    requestHash: '',
    createdAt: createdAt.toISOString(),
    delivery: 'at-least-once',
    content: { kind: 'text', text: `stored ${id}` },
    deliveries: { project: { status: 'sent', attempts: [], done: 1, receipts: ['receipt'], crashes: 0 } },
  });
}
