import type { MessageView } from '../../contract/answers/messages.ts';
import type { Access } from '../base/access.ts';
import { InvalidInput } from '../base/errors.ts';
import { destinationFaults } from './accept.ts';
import { meantBy } from './meant.ts';
import { askedFor, type DeliveryStatus, type Message } from './message.ts';
import { acceptedView, acceptWithin, type SpendDeps } from './send-message.ts';
import { findMessage } from './view.ts';

const UNSENT: readonly DeliveryStatus[] = ['failed', 'unknown', 'expired'];

type Asked = { access: Access; id: string; idempotencyKey?: string | undefined };

/**
 * Sends a message again where it ended unsent: as a new one, without its times. A dead letter is put back as it is, and
 * starts anew. Answers the message that is on its way now.
 * @throws InvalidInput `nothing_unsent`
 */
export async function resendMessage(deps: SpendDeps, asked: Asked): Promise<MessageView> {
  const { access, id } = asked;
  const message = await findMessage(deps, id, access);
  const { content, otherwise, mention, priority, delivery, confirm } = message;
  const names = content.kind === 'cardChange' ? [] : unsentAt(message);
  if (names.length === 0) throw nothingUnsent(id);
  const faults = await destinationFaults(deps, {
    path: 'to',
    names,
    content,
    mention,
    meant: meantBy(deps.destinations, access),
  });
  if (faults.length > 0) throw new InvalidInput('messages.resend', 'invalid_request', faults);
  const dead = names.filter((name) => message.deliveries[name]?.deadLetter);
  const to = names.filter((name) => !dead.includes(name));
  if (dead.length > 0) {
    const items = dead.map((destination) => ({ messageId: id, destination, ...(priority && { priority }) }));
    await deps.outbox.put(items, `again${deps.randomId()}`);
  }
  if (to.length === 0) return acceptedView(message);
  const wanted = { to, content, otherwise, mention, priority, delivery, confirm };
  return acceptedView(await acceptWithin(deps, asked, wanted));
}

/** The destinations that asked for it and have it neither there nor at their fallback. */
function unsentAt(message: Message): string[] {
  return askedFor(message).filter((name) => {
    const { status, fallback } = message.deliveries[name] ?? {};
    const instead = fallback && (fallback.topicArn ?? message.deliveries[fallback.to ?? '']?.status);
    return status !== undefined && UNSENT.includes(status) && !(fallback && !UNSENT.some((each) => each === instead));
  });
}

function nothingUnsent(id: string): InvalidInput {
  const text = `nothing of ${id} ended unsent; what waits goes by itself, and what was sent is sent again with POST /messages`;
  return new InvalidInput('messages.resend', 'nothing_unsent', [{ path: 'id', code: 'nothing_unsent', message: text }]);
}
