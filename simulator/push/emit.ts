import { countPush } from '../gateway/limits.ts';
import type { JsonObject } from '../json.ts';
import type { Todo } from '../world/records.ts';
import { nextId, type State } from '../world/state.ts';
import { type Group, mainApp, personById } from '../world/tenant.ts';
import { hearsEvents, pushToApp } from './app-events.ts';
import { completeEvent } from './push-event.ts';

/**
 * An event that a call or a reader brings about; it is pushed if the app subscribed to it in the console (callbacks.md
 * §1.5).
 */
export function emit(state: State, EventType: string, facts: JsonObject): void {
  if (!hearsEvents(state, mainApp) || !state.settings.subscribedEvents.includes(EventType)) return;
  if (!countPush(state, mainApp, `event ${EventType}`)) return;
  const event = completeEvent(state, { EventType, ...facts, eventId: nextId(state, 'event-') }, 'console');
  pushToApp(state, mainApp, event)?.catch((error) => console.error('simulator: an event failed', EventType, error));
}

/** callbacks.md §4.5: neither state nor operator, and no bizTag after deletion */
export function emitTodo(state: State, what: 'create' | 'update' | 'delete', todo: Todo): void {
  emit(state, `todo_task_${what}`, todoFacts(todo, what !== 'delete'));
}

export function todoFacts(todo: Todo, withTag = true): JsonObject {
  const people = new Set([todo.creatorId, ...todo.executorIds, ...todo.participantIds]);
  return { taskId: todo.id, UnionIdList: [...people], ...(withTag ? { bizTag: todo.appKey } : {}) };
}

/** callbacks.md §4.2: changes of a group; a change by API counts as its owner's. */
export function emitGroup(state: State, before: Group, after: Group): void {
  const operator = before.members[0] ?? '';
  const unionOf = (userId: string) => personById(state.tenant, userId)?.unionId ?? '';
  const { chatId, openConversationId } = after;
  const whose = { timeStamp: state.clock.now(), openConversationId, corpId: state.tenant.corpId };
  const common = { ...whose, chatId, operator, operatorUnionId: unionOf(operator) };
  const added = after.members.filter((member) => !before.members.includes(member));
  const removed = before.members.filter((member) => !after.members.includes(member));
  const people = (userId: string[]) => ({ ...common, userId, unionId: userId.map(unionOf) });
  if (added.length > 0) emit(state, 'chat_add_member', people(added));
  if (removed.length > 0) emit(state, 'chat_remove_member', people(removed));
  if (after.title !== before.title) emit(state, 'chat_update_title', { ...common, title: after.title });
  const [owner] = after.members;
  // no chatId and no operator here
  if (owner !== operator) emit(state, 'chat_update_owner', { ...whose, owner, operatorUnionId: unionOf(operator) });
}
