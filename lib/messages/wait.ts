import { type WaitDeps as EndDeps, waitForEnd } from '../records/wait.ts';
import { isFinished, type Message, overallStatus } from './message.ts';
import type { MessageStore } from './store.ts';

export type WaitDeps = EndDeps & { messages: Pick<MessageStore, 'get'> };

/** The message once it is finished, else as it is at that time; at once, as it is, where too many wait already. */
export function waitForOutcome(deps: WaitDeps, message: Message, until: number): Promise<Message> {
  const isOver = (latest: Message) => isFinished(overallStatus(latest));
  return waitForEnd(deps, message, { get: () => deps.messages.get(message.id), isOver }, until);
}
