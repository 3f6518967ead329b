import { markRead, recall } from '../world/delivery.ts';
import type { Message } from '../world/message.ts';
import type { State } from '../world/state.ts';
import { groupById, mainApp, personById } from '../world/tenant.ts';
import { emit } from './emit.ts';

/** A person reads; a robot that subscribed gets an event for each of its messages (callbacks.md §4.2). */
export function read(state: State, userId: string, messages: Message[]): number {
  const fresh = messages.filter((message) => message.sender !== userId && !message.readBy.includes(userId));
  const count = markRead(state, userId, messages);
  for (const message of fresh) tellRobot(state, 'robot_msg_read', message, userId);
  return count;
}

export function recallByRobot(state: State, message: Message): void {
  recall(state, message);
  // in a group there is no single receiver
  const to = groupById(state.tenant, message.conversation) ? undefined : message.conversation;
  tellRobot(state, 'robot_msg_recall', message, to);
}

/** PascalCase here; the time is a text for one and a number for the other (callbacks.md §3). */
function tellRobot(
  state: State,
  type: 'robot_msg_read' | 'robot_msg_recall',
  message: Message,
  userId: string | undefined,
): void {
  const { via, key, conversation } = message;
  if (via !== 'app-robot' || key === undefined) return;
  const now = state.clock.now();
  emit(state, type, {
    OpenConversationId: groupById(state.tenant, conversation) ? conversation : `cid1to1${conversation}=`,
    ...(userId ? { UserId: userId, UnionId: personById(state.tenant, userId)?.unionId } : {}),
    OperatTime: type === 'robot_msg_read' ? String(now) : now,
    ProcessQueryKey: key,
    RobotCode: mainApp.robotCode,
  });
}
