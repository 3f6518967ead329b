import type { Waits } from '../../../contract/records/messages.ts';
import type { Log } from '../../base/log.ts';
import { afterQuiet } from '../../base/people/local-time.ts';
import { appNameOf, type Destination } from '../destination.ts';
import { contentOf, type Delivery, isFinished, type Message } from '../message.ts';
import type { MessageStore, MessageWatch } from '../store.ts';
import type { Errand } from './errand.ts';
import { hold } from './hold.ts';
import { isMergeable, type Merges } from './merge.ts';

export type TimeDeps = {
  messages: Pick<MessageStore, 'get' | 'record'> & Pick<MessageWatch, 'watch'>;
  merges: Pick<Merges, 'gather'>;
  /** The time zone of an app's people. */
  timeZoneOf(app?: string): string;
  log: Log;
  now: () => number;
};

/**
 * Holds a message whose time has not come: its own `sendAt`, or the end of the destination's quiet hours, in which texts are
 * gathered so that the morning brings one message. Answers whether it is held.
 */
async function holdUntilTime(deps: TimeDeps, { item, message, delivery, destination }: Errand): Promise<boolean> {
  const waits = timeWait(deps, { message, delivery, destination });
  if (!waits) return false;
  const until = Date.parse(waits.until);
  if (waits.for === 'quiet' && isMergeable(message)) await deps.merges.gather(item, until);
  const endsAt = message.expiresAt === undefined ? until : Date.parse(message.expiresAt);
  await hold(deps, item, { ...waits, lookAt: Math.min(until, endsAt) });
  return true;
}

/** Between two looks at a card that is not shown yet. */
const LOOK_MS = 5_000;

/**
 * Holds the change of a card that is still to be shown, and is tried again out of the queue: DingTalk would know no such card,
 * and it would stay as it was once it is there. Answers whether it is held.
 */
async function holdUntilShown(deps: TimeDeps, { item, message, delivery }: Errand): Promise<boolean> {
  const content = contentOf(message, delivery);
  if (content.kind !== 'cardChange') return false;
  const card = (await deps.messages.get(content.card))?.deliveries[item.destination];
  if (!card || isFinished(card.status)) return false;
  const until = new Date(Math.max(card.dueAt ?? 0, deps.now()) + LOOK_MS).toISOString();
  await hold(deps, item, { for: 'retry', until });
  return true;
}

/** Holds a message that is not to go yet. Answers whether it is held. */
export async function isHeld(deps: TimeDeps, errand: Errand): Promise<boolean> {
  return (await holdUntilTime(deps, errand)) || (await holdUntilShown(deps, errand));
}

/** Whether nothing of it says that it is to wait. */
export function goesAtOnce(deps: Pick<TimeDeps, 'timeZoneOf' | 'now'>, errand: Errand): boolean {
  return contentOf(errand.message, errand.delivery).kind !== 'cardChange' && timeWait(deps, errand) === undefined;
}

/** What was begun is finished, and so is what goes with another message. */
function timeWait(
  { timeZoneOf, now }: Pick<TimeDeps, 'timeZoneOf' | 'now'>,
  { message, delivery, destination }: { message: Message; delivery: Delivery; destination: Destination },
): Waits | undefined {
  const at = now();
  if (delivery.done > 0 || delivery.status !== 'queued' || delivery.mergedInto !== undefined) return undefined;
  const sendAt = message.sendAt === undefined ? at : Date.parse(message.sendAt);
  if (sendAt > at) return { for: 'sendAt', until: new Date(sendAt).toISOString() };
  const { quiet } = destination;
  if (!quiet || message.priority === 'high') return undefined;
  const until = afterQuiet(at, { quiet, timeZone: quiet.timeZone ?? timeZoneOf(appNameOf(destination)) });
  return until > at ? { for: 'quiet', until: new Date(until).toISOString() } : undefined;
}
