import type { MessageState } from '../../messages/message.ts';
import { outcomeOf } from '../../messages/outcome.ts';
import type { MessageStore } from '../../messages/store.ts';
import type { Share, Target } from './share.ts';

export type Messages = Pick<MessageStore, 'states'>;

/** Shares as they really ended: where messages carried a file, its status is theirs. One read for all of them. */
export async function withOutcomes(messages: Messages, shares: readonly Share[]): Promise<Share[]> {
  const ids = shares.flatMap(({ targets }) => targets.flatMap(({ messageIds = [] }) => messageIds));
  const states = ids.length === 0 ? new Map<string, MessageState>() : await messages.states([...new Set(ids)]);
  return shares.map((share) => concluded({ ...share, targets: share.targets.map((each) => ended(each, states)) }));
}

/** What was handed over ends as its messages did; what aged out before its share stays as it was. */
function ended(target: Target, states: ReadonlyMap<string, MessageState>): Target {
  const sent = (target.messageIds ?? []).flatMap((id) => states.get(id) ?? []);
  if (target.status !== 'shared' || sent.length === 0) return target;
  const { status, why } = outcomeOf(sent);
  const isDouble = sent.some(({ deliveries }) => Object.values(deliveries).some((each) => each.possibleDuplicate));
  const seen = { ...target, status: statusOf(status), ...(isDouble && { possibleDuplicate: true }) };
  return why ? { ...seen, code: why.code, reason: why.reason, remedy: why.remedy } : seen;
}

function statusOf(status: ReturnType<typeof outcomeOf>['status']): Target['status'] {
  if (status === 'sent') return 'shared';
  return status === 'queued' ? 'sending' : status;
}

function concluded(share: Share): Share {
  if (share.status !== 'shared' && share.status !== 'partly') return share;
  const statuses = share.targets.map(({ status }) => status);
  if (statuses.includes('sending')) return { ...share, status: 'sending' };
  if (statuses.every((status) => status === 'shared')) return share;
  if (statuses.includes('shared')) return { ...share, status: 'partly' };
  const [first] = share.targets;
  if (!first) return share;
  return { ...share, status: endOf(first), code: share.code ?? first.code, reason: share.reason ?? first.reason };
}

function endOf({ status }: Target): Share['status'] {
  return status === 'waiting' ? 'received' : status;
}
