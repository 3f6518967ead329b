import * as v from 'valibot';
import { MessageView } from '../../contract/answers/messages.ts';
import { type Access, requireRecord } from '../base/access.ts';
import { InvalidInput } from '../base/errors.ts';
import { isIdOf } from '../base/ids.ts';
import { type Message, type MessageState, overallStatus } from './message.ts';
import type { MessageStore } from './store.ts';

type Stored = { messages: Pick<MessageStore, 'get'> };

/** A message as callers see it. */
export function messageView(message: MessageState): MessageView {
  const deliveries = Object.entries(message.deliveries).map(([destination, delivery]) => ({
    destination,
    ...delivery,
    waits: (delivery.status === 'queued' && delivery.waits) || undefined,
  }));
  const links = { self: `/messages/${message.id}` };
  return v.parse(MessageView, { ...message, status: overallStatus(message), deliveries, links });
}

/** What became of a message, for whoever may use all its destinations. */
export async function getMessage(deps: Stored, id: string, access: Access): Promise<MessageView> {
  return messageView(await findMessage(deps, id, access));
}

/** @throws InvalidInput, or NotAllowed for a key that may not use all its destinations */
export async function findMessage({ messages }: Stored, id: string, access: Access): Promise<Message> {
  const message = isIdOf('m', id) ? await messages.get(id) : undefined;
  if (message) {
    requireRecord(access, { owner: message.caller, destinations: Object.keys(message.deliveries) });
    return message;
  }
  const fault = { path: 'id', code: 'unknown_message', message: `no message has the id "${id}"` };
  throw new InvalidInput('messages.get', 'unknown_message', [fault]);
}
