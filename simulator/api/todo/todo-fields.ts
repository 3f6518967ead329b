import { newRefusal, type Refusal } from '../../gateway/envelope.ts';
import { bytesOf, isObject, isTextList, type JsonObject, textIn } from '../../json.ts';
import type { Todo } from '../../world/records.ts';
import type { RefusalId } from '../../world/refusals.ts';
import type { State } from '../../world/state.ts';
import { personByUnionId } from '../../world/tenant.ts';

export type TodoFields = Partial<
  Pick<
    Todo,
    'subject' | 'description' | 'dueTime' | 'executorIds' | 'participantIds' | 'contentFieldList' | 'priority'
  > & { detailUrl: JsonObject; notifyConfigs: JsonObject }
>;

export type Refuse = (id: RefusalId, message: string) => Refusal;

/** callbacks.md §9.1, §9.2: `todo.taskCreate.paramError` and its kin, with the reason in the message. */
export function refuseWith(code: string): Refuse {
  return (id, message) => newRefusal(id, 400, code, message);
}

/** The members that create and update share, checked as callbacks.md §9.1 says. */
export function readTodoFields(state: State, body: JsonObject, refuse: Refuse): TodoFields {
  const fields: TodoFields = {};
  const { subject, description, dueTime, executorIds, participantIds, contentFieldList, priority } = body;
  if (subject !== undefined) fields.subject = shortText(subject, 'subject', 1024, refuse);
  if (description !== undefined) fields.description = shortText(description, 'description', 4096, refuse);
  if (dueTime !== undefined) {
    if (typeof dueTime !== 'number' || !Number.isInteger(dueTime) || dueTime <= 0)
      throw refuse('todo.due', 'dueTime is invalid');
    fields.dueTime = dueTime;
  }
  if (executorIds !== undefined) fields.executorIds = unionIds(state, executorIds, 'executors', refuse);
  if (participantIds !== undefined) fields.participantIds = unionIds(state, participantIds, 'participants', refuse);
  if (contentFieldList !== undefined) fields.contentFieldList = contentFields(contentFieldList, refuse);
  if (priority !== undefined) {
    if (typeof priority !== 'number' || ![10, 20, 30, 40].includes(priority))
      throw refuse('todo.priority', 'priority is invalid');
    fields.priority = priority;
  }
  return fields;
}

/** Rejected without it since 2024-02-01, whatever the table says (callbacks.md §9.1). */
export function readDetailUrl(body: JsonObject, refuse: Refuse): JsonObject {
  const { detailUrl } = body;
  const addresses = ['appUrl', 'pcUrl'].map((key) => textIn(detailUrl, key));
  if (!isObject(detailUrl) || addresses.every((address) => address === undefined))
    throw refuse('todo.no-detail-url', 'detailUrl is required: {appUrl, pcUrl}');
  if (addresses.some((address) => address !== undefined && bytesOf(address) > 1024))
    throw refuse('todo.detail-url-too-long', 'detailUrl is oversize');
  return detailUrl;
}

/** Strings, not booleans (callbacks.md §9.1). */
export function readNotifyConfigs(body: JsonObject, refuse: Refuse): JsonObject | undefined {
  const { notifyConfigs } = body;
  if (notifyConfigs === undefined) return undefined;
  if (!isObject(notifyConfigs) || !Object.values(notifyConfigs).every((value) => typeof value === 'string'))
    throw refuse('todo.notify', 'notifyConfigs is invalid: its values are strings');
  return notifyConfigs;
}

/** To-dos take unionIds; a userId is unknown here (callbacks.md §10). */
export function isKnown(state: State, unionId: string | undefined | null): boolean {
  return Boolean(unionId && personByUnionId(state.tenant, unionId));
}

function unionIds(state: State, value: unknown, name: string, refuse: Refuse): string[] {
  if (!isTextList(value)) throw refuse('todo.people', `${name} is invalid`);
  if (value.length > 1000) throw refuse('todo.too-many-people', `${name} is oversize`);
  const stranger = value.find((unionId) => !isKnown(state, unionId));
  if (stranger !== undefined) throw refuse('todo.unknown-people', `${name} is invalid: no such unionId ${stranger}`);
  return value;
}

function shortText(value: unknown, name: string, most: number, refuse: Refuse): string {
  if (typeof value !== 'string' || value === '') throw refuse('todo.text', `${name} is invalid`);
  if (value.length > most) throw refuse('todo.text-too-long', `${name} is oversize`);
  return value;
}

function contentFields(value: unknown, refuse: Refuse): unknown {
  const fits = (field: unknown) =>
    ['fieldKey', 'fieldValue'].every((key) => {
      const text = textIn(field, key);
      return text !== undefined && bytesOf(text) <= 1024;
    });
  if (!Array.isArray(value) || !value.every(fits)) throw refuse('todo.content-fields', 'contentFieldList is invalid');
  return value;
}
