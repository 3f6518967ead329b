import type { MessageChanged } from '../../contract/answers/messages.ts';
import type { ChangeMessage } from '../../contract/requests/messages.ts';
import type { Access } from '../base/access.ts';
import { InvalidInput } from '../base/errors.ts';
import { appNameOf, type DestinationStore } from './destination.ts';
import type { Delivery, Message } from './message.ts';
import { callsOfReceipts, reasonOf } from './recall.ts';
import type { MessageStore } from './store.ts';
import { findMessage } from './view.ts';

type Params = ChangeMessage['card']['params'];

export type ChangeDeps = {
  messages: Pick<MessageStore, 'get'>;
  destinations: DestinationStore;
  appNamed(name?: string): { cards: { update(card: { outTrackId: string; params: Params }): Promise<void> } };
};

type Asked = { id: string; access: Access; body: ChangeMessage };

/**
 * Changes what a sent card shows, at each destination. DingTalk changes nothing else that was sent.
 * @throws InvalidInput `not_changeable`, with what can be done
 */
export async function changeMessage(deps: ChangeDeps, { id, access, body }: Asked): Promise<MessageChanged> {
  const message = await findMessage(deps, id, access);
  const text = whyFixed(message);
  if (text !== undefined) {
    throw new InvalidInput('messages.change', 'not_changeable', [
      { path: 'card', code: 'not_changeable', message: text },
    ]);
  }
  await access.spend?.(callsOfReceipts(message));
  const outcomes = Object.entries(message.deliveries).map(async ([name, delivery]) => {
    const reason = await whyNot(deps, { name, delivery }, body.card.params);
    return reason === undefined
      ? { destination: name, outcome: 'changed' as const }
      : { destination: name, outcome: 'not_changed' as const, reason };
  });
  return { id, deliveries: await Promise.all(outcomes) };
}

/** Undefined for a card that may change. A button that calls back says what a tap on it does. */
function whyFixed({ id, content }: Message): string | undefined {
  if (content.kind !== 'card')
    return `the message is a ${content.kind}, and DingTalk changes nothing but a card once it was sent; take it back with POST /messages/${id}/recall where that can be done, and send another`;
  if (content.routeKey === undefined) return undefined;
  return 'the card has buttons that answer a question or take an incident, which alone changes it; act on that';
}

/** Undefined when the card shows it. */
async function whyNot(
  { destinations, appNamed }: ChangeDeps,
  { name, delivery: { status, receipts } }: { name: string; delivery: Delivery },
  params: Params,
): Promise<string | undefined> {
  if (status !== 'sent') return `it is ${status}; a card can change once it was sent`;
  const destination = await destinations.get(name);
  if (!destination) return `no destination is named "${name}" any more`;
  const { cards } = appNamed(appNameOf(destination));
  try {
    for (const outTrackId of receipts) await cards.update({ outTrackId, params });
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
