import * as v from 'valibot';
import { Message, messageIdAt } from '../lib/messages/message.ts';

/** A record of a message that was sent to the project's group, accepted at that time (epoch ms). */
export function sentMessage(at: number, unique: string): Message {
  const id = messageIdAt(at, unique);
  return v.parse(Message, {
    id,
    caller: 'bench',
    requestHash: '',
    createdAt: new Date(at).toISOString(),
    delivery: 'at-least-once',
    content: { kind: 'text', text: `stored ${id}` },
    deliveries: { project: { status: 'sent', attempts: [], done: 1, receipts: ['receipt'], crashes: 0 } },
  });
}
