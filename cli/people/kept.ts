import { isDeepStrictEqual } from 'node:util';
import { DeleteItemCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { ApprovalStatus } from '../../contract/records/approvals.ts';
import { IncidentState } from '../../contract/records/incidents.ts';
import { TaskStatus } from '../../contract/records/tasks.ts';
import { type Change, changeItem, toItem } from '../../lib/aws/tables/item.ts';
import { DeliveryStatus, isFinished } from '../../lib/messages/message.ts';
import { isClosed } from '../../lib/tasks/life-cycle.ts';
import { listOf } from '../../lib/tasks/lists.ts';
import { tablesOf } from '../restore/tables.ts';
import { type Part, type Who, without, withoutInName } from './without.ts';

type Stored = Record<string, unknown>;
/** A record that tells of the person: it can go, can stay without them, or is still at work and has to wait. */
export type Kept = { part: Part; key: Stored; fate: 'remove' | 'anonymise' | 'wait'; record: Stored };

type Tables = { dynamodb: DynamoDBClient; stage: string };

const Named = v.object({ userId: v.string(), unionId: v.string() });
const Task = v.object({ id: v.pipe(v.string(), v.startsWith('t_')) });
const Finished = v.object({ status: TaskStatus, watch: v.optional(v.undefined()) });
const State = v.object({
  id: v.string(),
  deliveries: v.record(v.string(), v.object({ status: DeliveryStatus, rev: v.number() })),
});
const Share = v.object({ targets: v.unknown() });
const Shared = v.object({ status: v.picklist(['shared', 'partly', 'refused', 'ignored']) });
const Row = v.object({ part: v.string(), messageId: v.string() });
const unwatched = { watch: v.optional(v.undefined()) };
/** A record with views in the table of records, and one that nobody follows any more. */
const Followed = v.object({ part: v.picklist(['approval', 'incident']), id: v.string() });
const Over = v.variant('part', [
  v.object({ part: v.literal('approval'), status: v.pipe(ApprovalStatus, v.notValue('pending')), ...unwatched }),
  v.object({ part: v.literal('incident'), state: v.pipe(IncidentState, v.value('resolved')), ...unwatched }),
]);

/** Who is meant: the ids that records have together with the userId. */
export async function whoIs(tables: Tables, userId: string, standIn: string): Promise<Who> {
  const unionIds = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (v.is(Named, value) && value.userId === userId) unionIds.add(value.unionId);
    for (const each of Object.values(value)) look(each);
  };
  for (const part of ['tasks', 'records'] as const) for await (const record of recordsIn(tables, part)) look(record);
  return { userId, unionIds, standIn };
}

/** All that the tables keep of a person. */
export async function keptOf(tables: Tables, who: Who): Promise<Kept[]> {
  const found: Kept[] = [];
  const atWork = new Set<unknown>();
  for (const part of PARTS) {
    const keys = keysOf(tables, part);
    for await (const record of recordsIn(tables, part)) {
      if (isAtWork(part, record)) atWork.add(record.id);
      const fate = fateOf(who, part, record);
      if (fate) found.push({ part, key: Object.fromEntries(keys.map((key) => [key, record[key]])), fate, record });
    }
  }
  const waits = ({ record }: Kept) => recordOf(record).some((id) => atWork.has(id));
  return found.map((one) => (waits(one) ? { ...one, fate: 'wait' as const } : one));
}

const PARTS: Part[] = ['tasks', 'messages', 'shares', 'conversations', 'records'];

async function* recordsIn({ dynamodb, stage }: Tables, part: Part): AsyncGenerator<Stored> {
  const [table] = tablesOf(stage, [part]);
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: table?.table }))
    for (const item of Items) yield unmarshall(item);
}

function keysOf({ stage }: Tables, part: Part): string[] {
  return tablesOf(stage, [part])[0]?.keys ?? [];
}

/** Whether something may still be done with a record, as far as can be told: what is written now would be written over. */
function isAtWork(part: Part, record: Stored): boolean {
  if (part === 'tasks') return v.is(Task, record) && !(v.is(Finished, record) && isClosed(record));
  if (part === 'shares') return v.is(Share, record) && !v.is(Shared, record);
  if (part === 'records') return v.is(Followed, record) && !v.is(Over, record);
  if (part !== 'messages' || !('deliveries' in record)) return false;
  return !(v.is(State, record) && Object.values(record.deliveries).every(({ status }) => isFinished(status)));
}

/** The ids of the task or the message that an item belongs to. */
function recordOf({ id, part, messageId, task }: Stored): unknown[] {
  return [id, part, messageId, task];
}

function fateOf(who: Who, part: Part, record: Stored): Kept['fate'] | undefined {
  if (part === 'tasks' && isOfTasks(who, record)) return 'remove';
  if (part === 'messages' && isRow(who, record)) return 'remove';
  if (part === 'records' && isOfRecords(who, record)) return 'remove';
  if (part === 'records' && !v.is(Followed, record)) return undefined;
  return isDeepStrictEqual(without(who, part, record), record) ? undefined : 'anonymise';
}

/** What the table of tasks keeps for the person alone: who they are, their pace, their digest. */
function isOfTasks(who: Who, record: Stored): boolean {
  const id = String(record.id);
  if (id.startsWith('person#')) return !isDeepStrictEqual(without(who, 'tasks', record), record);
  const [kind, , reader, person] = id.split('#');
  if (kind === 'digest') return reader === 'person' && person === encodeURIComponent(who.userId);
  const own = [`deeds#${who.userId}`, `deeds-refused#${who.userId}`];
  return own.includes(id);
}

/** What the table of records keeps for the person alone: a row of their list of tasks, what they read, a card on trial. */
function isOfRecords({ userId }: Who, record: Stored): boolean {
  const [, reader] = String(record.id).split('#');
  if (record.part === 'reader' || record.part === 'read') return reader === encodeURIComponent(userId);
  if (record.part === 'card-trial') return record.userId === userId;
  return [true, false].some((open) => record.part === `tasks#${listOf.person(userId, open)}`);
}

/** A row of a list of messages, by the name of a destination that is this person. */
function isRow(who: Who, record: Stored): boolean {
  if (!v.is(Row, record)) return false;
  const named = [record.part.split('#')[1], 'destination' in record ? String(record.destination) : undefined];
  return named.some((name = '') => withoutInName(who, name) !== name);
}

/** The content in place of that of a message to the person alone. */
const NO_CONTENT = { kind: 'text', text: '…' };

/** Removes a record, or takes the person out of it. @returns false when it was changed meanwhile: look again */
export async function erase(
  { dynamodb, stage }: Tables,
  who: Who,
  { part, key, fate, record }: Kept,
): Promise<boolean> {
  const place = { TableName: tablesOf(stage, [part])[0]?.table ?? '', Key: toItem(key) };
  if (fate === 'wait') return false;
  if (fate === 'remove') {
    await dynamodb.send(new DeleteItemCommand(place));
    return true;
  }
  const isTheirs = part === 'messages' && isToThemAlone(who, record);
  if (isTheirs) {
    const said = { ...place, Key: toItem({ part: record.id, id: 'content' }) };
    const emptied = { content: NO_CONTENT, otherwise: undefined, mention: undefined };
    await changeItem(dynamodb, said, { set: emptied, when: 'attribute_exists(#id)' });
  }
  const after = {
    ...without(who, part, record),
    ...(isTheirs && 'content' in record && { content: NO_CONTENT, otherwise: undefined, mention: undefined }),
  };
  const changed = Object.entries(after).filter(([name, value]) => !isDeepStrictEqual(value, record[name]));
  return changeItem(dynamodb, place, { set: Object.fromEntries(changed), ...asRead(part, record) });
}

/** The condition that a record is there and is what was read. What counts no changes and stands here is written once. */
function asRead(part: Part, record: Stored): Pick<Change, 'when' | 'values' | 'names'> {
  const there = 'attribute_exists(#id)';
  const equal = (names: string[]) => ({
    when: [there, ...names.map((name) => `#${name} = :was_${name}`)].join(' AND '),
    values: Object.fromEntries(names.map((name) => [`was_${name}`, record[name]])),
  });
  if (part === 'conversations') return equal(['owner', 'members', 'heardAt'].filter((name) => name in record));
  if (part === 'shares') return equal(['status']);
  if (v.is(Task, record) || v.is(Followed, record)) {
    const { when, values } = equal(['version']);
    return { when: `${when} AND attribute_not_exists(#watch)`, values };
  }
  if (!v.is(State, record)) return { when: there };
  const deliveries = Object.entries(record.deliveries);
  return {
    when: [there, ...deliveries.map((_, n) => `deliveries.#to${n}.#rev = :rev${n}`)].join(' AND '),
    names: Object.fromEntries(deliveries.map(([name], n) => [`to${n}`, name])),
    values: Object.fromEntries(deliveries.map(([, { rev }], n) => [`rev${n}`, rev])),
  };
}

function isToThemAlone({ userId }: Who, record: Stored): boolean {
  if (!v.is(State, record)) return false;
  const own = encodeURIComponent(userId);
  return Object.keys(record.deliveries).every((name) => name.startsWith('@') && name.split(':')[1] === own);
}

/** Where a message to the person alone keeps its content, unless that stands in its state. */
export function contentPlaces(who: Who, kept: readonly Kept[]): Stored[] {
  return kept
    .filter(({ part, record }) => part === 'messages' && isToThemAlone(who, record) && !('content' in record))
    .map(({ record }) => ({ part: record.id, id: 'content' }));
}
