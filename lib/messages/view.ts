import * as v from 'valibot';
import { MessageView } from '../../contract/answers/messages.ts';
import type { Waits } from '../../contract/records/messages.ts';
import { type Access, mayUse, requireRecord } from '../base/access.ts';
import { InvalidInput } from '../base/errors.ts';
import { isIdOf } from '../base/ids.ts';
import { without } from '../base/without.ts';
import { replyNamed } from './destination.ts';
import { askedFor, isFinished, type Message, type MessageState, overallStatus, reachOf } from './message.ts';
import type { MessageStore } from './store.ts';
import { type WaitsDeps, waitsOf } from './waits-for.ts';

type Stored = { messages: Pick<MessageStore, 'get'> };

/** A message as callers see it; `waits` of its deliveries where they were looked at. */
export function messageView(message: MessageState, waits: Record<string, Waits> = {}): MessageView {
  const deliveries = Object.entries(message.deliveries).map(([destination, delivery]) => ({
    destination,
    ...delivery,
    // a list reads no pages of outcomes
    reach: isFinished(delivery.status) && ('content' in message || !delivery.paged) ? reachOf(delivery) : undefined,
    waits: waits[destination] ?? ((delivery.status === 'queued' && delivery.waits) || undefined),
  }));
  const links = { self: `/messages/${message.id}` };
  return v.parse(MessageView, { ...message, status: overallStatus(message), deliveries, links });
}

/** What became of a message, for whoever may use all its destinations. */
export async function getMessage(deps: Stored & WaitsDeps, id: string, access: Access): Promise<MessageView> {
  const message = await findMessage(deps, id, access);
  return messageView(shownTo(access, message), await waitsOf(deps, message));
}

/** A message without whom it reached at a fallback that the key is not for: who is there is not for whoever asks. */
export function shownTo(access: Pick<Access, 'destinations'>, message: Message): Message {
  const deliveries = Object.entries(message.deliveries).map(([name, delivery]) => {
    const isOther = delivery.fallbackFor !== undefined && !mayUse(access, name);
    return [name, isOther ? without(delivery, 'people') : delivery] as const;
  });
  return { ...message, deliveries: Object.fromEntries(deliveries) };
}

/** @throws InvalidInput, or NotAllowed for a key that may not use all its destinations */
export async function findMessage({ messages }: Stored, id: string, access: Access): Promise<Message> {
  const message = isIdOf('m', id) ? await messages.get(id) : undefined;
  if (message) {
    // an answer to an event has no destination that a key could be for: it is its owner's
    const destinations = askedFor(message).filter((name) => replyNamed(name) === undefined);
    requireRecord(access, { owner: message.caller, destinations });
    return message;
  }
  const fault = { path: 'id', code: 'unknown_message', message: `no message has the id "${id}"` };
  throw new InvalidInput('messages.get', 'unknown_message', [fault]);
}
