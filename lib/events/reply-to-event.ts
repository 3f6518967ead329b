import type { MessageView } from '../../contract/answers/messages.ts';
import type { ReplyToEvent } from '../../contract/requests/events.ts';
import type { Access } from '../base/access.ts';
import { InvalidInput } from '../base/errors.ts';
import { destinationFaults } from '../messages/accept.ts';
import { contentsOf } from '../messages/content.ts';
import { nameOfReply, type ReplyPlace } from '../messages/destination.ts';
import { byAppOf, isOpen, type ReplyPlaces, withReplies } from '../messages/kinds/reply.ts';
import { type SendDeps, sendMessage } from '../messages/send-message.ts';
import { placeIdOf } from './published.ts';

export type ReplyToEventDeps = SendDeps & { places: ReplyPlaces; defaultApp(): Promise<string> };

type Asked = {
  /** Of the event, as it is on the bus or in its address. */
  id: string;
  /** Whose robot heard it; left out: the default one. */
  app: string | undefined;
  access: Access;
  idempotencyKey: string | undefined;
  waitMs: number;
  body: ReplyToEvent;
};

/**
 * Answers what somebody wrote to a robot, where it was written: a message as any other, to a destination without a name that
 * callers know.
 * @throws InvalidInput `unknown_event`, `too_late`, `not_reachable`, and what a message may throw
 */
export async function replyToEvent(
  deps: ReplyToEventDeps,
  { id, app: named, access, idempotencyKey, waitMs, body }: Asked,
): Promise<MessageView> {
  const app = named ?? (await deps.defaultApp());
  const place = await placeOf(deps, id, app);
  const name = nameOfReply(placeIdOf(app, id));
  const destinations = { ...deps.destinations, ...withReplies(deps.destinations, deps.places, deps.now) };
  const [content] = contentsOf(body);
  const asked = { path: 'id', names: [name], content, mention: body.mention };
  const faults = await destinationFaults({ destinations, most: deps.most }, asked);
  if (faults.length > 0) throw new InvalidInput('events.reply', 'invalid_request', faults);
  requireReachable(place, deps.now());
  return sendMessage({ ...deps, destinations }, { access, idempotencyKey, waitMs, body: { ...body, to: [name] } });
}

async function placeOf({ places, now }: ReplyToEventDeps, id: string, app: string): Promise<ReplyPlace> {
  const place = await places.get(placeIdOf(app, id));
  if (!place) throw refused('unknown_event', `nobody wrote "${id}" to the robot of "${app}" in the last days`);
  if (place.answerBy > now()) return place;
  const over = new Date(place.answerBy).toISOString();
  throw refused('too_late', `it could be answered until ${over}; send a message to a destination instead`);
}

/** Somebody from outside of the company is answered by the session alone. */
function requireReachable(place: ReplyPlace, now: number): void {
  if (isOpen(place, now) || byAppOf(place)) return;
  const text = 'the session of this message has ended, and the robot of the app writes to people of the company only';
  throw refused('not_reachable', text);
}

function refused(code: string, message: string): InvalidInput {
  return new InvalidInput('events.reply', code, [{ path: 'id', code, message }]);
}
