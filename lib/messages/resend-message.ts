import type { MessageView } from '../../contract/answers/messages.ts';
import type { Access } from '../base/access.ts';
import { InvalidInput } from '../base/errors.ts';
import { spending } from '../base/quota/budget.ts';
import { callsOf, destinationFaults } from './accept.ts';
import { replyNamed } from './destination.ts';
import { meantBy } from './meant.ts';
import { askedFor, type DeliveryStatus, FIRST_CHECK_MS, isFinished, type Message, overallStatus } from './message.ts';
import { acceptedView, acceptWithin, type SpendDeps } from './send-message.ts';
import type { MessageStore } from './store.ts';
import { findMessage } from './view.ts';

const UNSENT: readonly DeliveryStatus[] = ['failed', 'unknown', 'expired'];

type ResendDeps = SpendDeps & { messages: Pick<MessageStore, 'revive'> };

/**
 * Sends a message again where it ended unsent: as a new one of the same owner, without its times. A dead letter is put back
 * as it is, and starts anew. Whoever asks again, however often, asks for the same. Answers the message that is on its way.
 * @throws InvalidInput `not_resendable`, `nothing_unsent`
 */
export async function resendMessage(
  deps: ResendDeps,
  { access, id }: { access: Access; id: string },
): Promise<MessageView> {
  const message = await findMessage(deps, id, access);
  if (isFollowed(message)) throw refused('not_resendable', id);
  const { caller, mention, priority, delivery, confirm } = message;
  const { content, otherwise } = saidAgain(message);
  const names = unsentAt(message).sort();
  if (names.length === 0) throw refused('nothing_unsent', id);
  // else a later one, with what ends unsent until then, would go twice to those of now
  if (!isFinished(overallStatus(message))) throw refused('not_resendable', id, STILL);
  const asked = { path: 'to', names, content, mention, meant: meantBy(deps.destinations, access) };
  const faults = await destinationFaults(deps, asked);
  if (faults.length > 0) throw new InvalidInput('messages.resend', 'invalid_request', faults);
  const dead = names.filter((name) => message.deliveries[name]?.deadLetter && !isOver(message, deps.now()));
  if (dead.length > 0) await putBack(deps, access, { message, dead });
  const to = names.filter((name) => !dead.includes(name));
  if (to.length === 0) return acceptedView(message);
  const wanted = { to, content, otherwise, mention, priority, delivery, confirm };
  // under the first message's owner and not under whoever asks, so that two people who ask make one message
  const idempotencyKey = `resend ${id} ${to.join(' ')}`;
  const by = { access: { ...access, owner: caller }, idempotencyKey };
  return acceptedView(await acceptWithin(deps, by, wanted));
}

/** Each goes back once, whoever asks at the same time; what dies before the queue has it is found by its check. */
async function putBack(deps: ResendDeps, { spend }: Access, { message, dead }: { message: Message; dead: string[] }) {
  const { id: messageId, content, mention, confirm, priority } = message;
  const calls = spend ? await callsOf(deps, dead, { content, mention, confirm }) : 0;
  await deps.messages.watch(messageId, deps.now() + FIRST_CHECK_MS);
  await spending(spend, calls, {
    async run() {
      const items = dead.map((destination) => ({ messageId, destination, ...(priority && { priority }) }));
      const revived = await Promise.all(items.map((item) => deps.messages.revive(item)));
      const back = items.filter((_, index) => revived[index]);
      if (back.length > 0) await deps.outbox.put(back, `again${deps.randomId()}`);
      return back.length;
    },
    isNew: (count) => count > 0,
  });
}

/** Taps count on a record's own card alone, and a new card would not be that. */
function saidAgain({ content, otherwise }: Message): Pick<Message, 'content' | 'otherwise'> {
  const [message, ...others] = otherwise ?? [];
  if (content.kind !== 'card' || content.routeKey === undefined || !message) return { content, otherwise };
  return { content: message, otherwise: others.length > 0 ? others : undefined };
}

function isOver({ expiresAt }: Message, now: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now;
}

/** Whether a record of ours, or what somebody wrote, says what becomes of the message: a second one would be unknown there. */
function isFollowed(message: Message): boolean {
  const isOurs = !message.caller.includes(':');
  return isOurs || askedFor(message).some((name) => name.startsWith('@') || replyNamed(name) !== undefined);
}

/** The destinations that asked for it and have it neither there nor at their fallback. */
function unsentAt(message: Message): string[] {
  if (message.content.kind === 'cardChange') return [];
  return askedFor(message).filter((name) => {
    const { status, fallback } = message.deliveries[name] ?? {};
    const instead = fallback && (fallback.topicArn ?? message.deliveries[fallback.to ?? '']?.status);
    return status !== undefined && UNSENT.includes(status) && !(fallback && !UNSENT.some((each) => each === instead));
  });
}

const WHY = {
  nothing_unsent:
    'ended unsent nowhere; what waits goes by itself, and what was sent is sent again with POST /messages',
  not_resendable:
    'belongs to a task, a question, an incident, a shared file or an answer to an event; act on that, or send another with POST /messages',
};

const STILL = 'is still on its way; send it again once it ended at all its destinations';

function refused(code: keyof typeof WHY, id: string, why = WHY[code]): InvalidInput {
  return new InvalidInput('messages.resend', code, [{ path: 'id', code, message: `${id} ${why}` }]);
}
