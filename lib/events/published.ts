import { sha256 } from '../base/hash.ts';
import type { BusEvent } from './event.ts';
import { receivedMessageOf } from './received-message.ts';

const SECRET = /^sessionWebhook$/i;
const SECRET_IN_RAW = /("sessionWebhook"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;

/**
 * The event as others get it: without the session webhook, with which anybody could write where somebody wrote to the robot;
 * with the address of ours that takes an answer.
 */
export function published(event: BusEvent): BusEvent {
  const { type, id, app, data, raw } = event;
  if (!type.startsWith('robot.')) return event;
  const open = Object.fromEntries(Object.entries(data).filter(([name]) => !SECRET.test(name)));
  const isAnswerable = receivedMessageOf(event) !== undefined;
  return {
    ...event,
    data: open,
    raw: raw.replace(SECRET_IN_RAW, '$1""'),
    ...(isAnswerable && { links: { reply: `/events/${replyIdOf(id)}/reply?app=${encodeURIComponent(app)}` } }),
  };
}

/** The id of an event as it stands in an address: DingTalk's are base64, whose signs mean something there. */
export function replyIdOf(eventId: string): string {
  const id = eventId.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return /^[\w-]{1,100}$/.test(id) ? id : sha256(eventId, 32);
}

/** What an event's place is kept by: the robots of two apps may hear messages of one id. */
export function placeIdOf(app: string, eventId: string): string {
  return sha256(JSON.stringify([app, replyIdOf(eventId)]), 32);
}
