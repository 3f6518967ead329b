import type { Recalled as RecalledView, Receipts } from '../../contract/answers/messages.ts';
import { type Access, mayUse } from '../base/access.ts';
import { chunks } from '../base/chunks.ts';
import { ServiceError } from '../base/errors.ts';
import { REASONS } from '../base/words/en.ts';
import type { Readers } from '../dingtalk/sent-messages.ts';
import type { DestinationStore } from './destination.ts';
import type { Apps } from './kinds/kind.ts';
import { kindOf } from './kinds/kinds.ts';
import { type Delivery, type Message, mayHaveArrived } from './message.ts';
import type { MessageStore } from './store.ts';
import { findMessage } from './view.ts';

export type RecallDeps = {
  messages: Pick<MessageStore, 'get' | 'recall'>;
  destinations: DestinationStore;
  appNamed: Apps<'sentMessages'>;
};

/** Receipts that DingTalk recalls in one call (messaging.md §3.5). */
const RECEIPTS_A_CALL = 20;

type Outcome = RecalledView['deliveries'][number];

/** Recalls a message: waiting deliveries are cancelled, sent ones are recalled where DingTalk supports it. */
export async function recallMessage(deps: RecallDeps, id: string, access: Access): Promise<RecalledView> {
  const message = await findMessage(deps, id, access);
  await access.spend?.(callsOfReceipts(message));
  const outcomes = Object.entries(message.deliveries).map(async ([name, delivery]): Promise<Outcome> => {
    const item = { messageId: id, destination: name };
    if (delivery.status === 'recalled') return { destination: name, outcome: 'recalled' };
    const unsent = delivery.status === 'queued' && delivery.done === 0 && !mayHaveArrived(delivery);
    if (unsent && (await deps.messages.recall(item, 'queued'))) {
      return { destination: name, outcome: 'recalled' };
    }
    const refusal = await recallDelivery(deps, message, { name, delivery });
    if (refusal !== undefined) return { destination: name, outcome: 'not_recalled', reason: refusal };
    await deps.messages.recall(item, 'sent');
    return { destination: name, outcome: 'recalled' };
  });
  return { id, deliveries: await Promise.all(outcomes) };
}

/** Who has read a message, for each destination where DingTalk reports it; at a fallback for keys of that destination. */
export async function messageReceipts(deps: RecallDeps, id: string, access: Access): Promise<Receipts> {
  const message = await findMessage(deps, id, access);
  await access.spend?.(callsOfReceipts(message));
  const outcomes = Object.entries(message.deliveries).map(async ([name, delivery]) => {
    if (!mayUse(access, name)) return { destination: name, reason: NOT_THEIRS };
    const destination = await deps.destinations.get(name);
    const isAsked = message.content.kind !== 'card' && delivery.receipts.length > 0;
    if (!destination || !isAsked) return { destination: name, reason: NO_RECEIPT };
    try {
      const { readers } = kindOf(destination);
      if (!readers) return { destination: name, reason: NO_RECEIPT };
      const pages = delivery.receipts.map((receipt) => readers(deps.appNamed, destination, receipt));
      return { destination: name, ...joined(await Promise.all(pages)) };
    } catch (error) {
      return { destination: name, reason: reasonOf(error) };
    }
  });
  return { id, deliveries: await Promise.all(outcomes) };
}

/** The most calls that asking for, or recalling, what was sent takes. */
export function callsOfReceipts({ deliveries }: Pick<Message, 'deliveries'>): number {
  return Object.values(deliveries).reduce((sum, { receipts }) => sum + receipts.length, 0);
}

const NOT_THEIRS = 'it went to this fallback, which the key is not for';
const NO_RECEIPT = 'DingTalk reports no readers of messages of this kind';

/** Undefined when everything was recalled, else why not. */
async function recallDelivery(
  deps: RecallDeps,
  { content }: Message,
  { name, delivery }: { name: string; delivery: Delivery },
): Promise<string | undefined> {
  if (delivery.mergedInto !== undefined) return REASONS.partOf(delivery.mergedInto);
  if (delivery.status !== 'sent') {
    const { status } = delivery;
    return mayHaveArrived(delivery) ? REASONS.notSentPerhaps(status) : REASONS.notSent(status);
  }
  if (content.kind === 'card') return REASONS.cardStays;
  const destination = await deps.destinations.get(name);
  if (!destination || delivery.receipts.length === 0) return REASONS.kindStays;
  try {
    const { recall } = kindOf(destination);
    if (!recall) return REASONS.kindRefused(destination.kind);
    const failed: string[] = [];
    for (const receipts of chunks(delivery.receipts, RECEIPTS_A_CALL)) {
      failed.push(...Object.values(await recall(deps.appNamed, destination, receipts)));
    }
    return failed.length === 0 ? undefined : REASONS.recallRefused([...new Set(failed)].join(', '));
  } catch (error) {
    return reasonOf(error);
  }
}

function joined(pages: Readers[]): Readers {
  const all = (pick: (page: Readers) => string[] | undefined) => [
    ...new Set(pages.flatMap((page) => pick(page) ?? [])),
  ];
  const unread = all((page) => page.unread);
  const notReached = all((page) => page.notReached);
  return {
    read: all((page) => page.read),
    ...(unread.length > 0 && { unread }),
    ...(notReached.length > 0 && { notReached }),
  };
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof ServiceError)) throw error;
  return `${error.code}${error.remedy === undefined ? '' : `: ${error.remedy}`}`;
}
