import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { sha256 } from '../../../base/hash.ts';
import { Attempt, type Delivery, Outcomes, type Page, Said, Warning } from '../../../messages/message.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { pagesOf } from '../cursor.ts';
import { fromItem, type Item, keyCondition, toItem } from '../item.ts';

/** A content of so many bytes stays in the record, which is written several times; a larger one is written once. */
const INLINE_BYTES = 1_024;
/** Attempts that the record itself holds; the ones before them stand in an item of their own. */
const ATTEMPTS_A_RECORD = 3;
/** Warnings of more bytes stand in an item of their own: up to fifty people may be unknown at each destination. */
const WARNINGS_BYTES = 400;

const Keyed = v.object({ id: v.string() });
const Tried = v.object({ attempts: v.array(Attempt) });
const Warned = v.object({ warnings: v.array(Warning) });

/**
 * What stands apart from the state of a message, in items with the message's id as their partition: a content above 1 kB,
 * pages of outcomes, many warnings, and the first attempts of a long trouble.
 */
export function partsOf(client: Dynamodb, table: string) {
  const put = (messageId: string, id: string, record: object, ttl: number) =>
    client.send(new PutItemCommand({ TableName: table, Item: toItem({ ...record, part: messageId, id, ttl }) }));

  return {
    /** What of a message stands in its state. A large content is put first: no state is without its content. */
    async inlineOf(messageId: string, said: Said, ttl: number): Promise<Said | undefined> {
      if (Buffer.byteLength(JSON.stringify(said)) <= INLINE_BYTES) return said;
      await put(messageId, 'content', said, ttl);
      return undefined;
    },

    /** All that stands apart from a state, in one read for each megabyte; nothing where nothing does. */
    async apart(state: { id: string; content?: unknown; deliveries: Record<string, Delivery> }): Promise<Apart> {
      const none = state.content !== undefined && !Object.values(state.deliveries).some(isApart);
      const items: Item[] = [];
      const query = { TableName: table, ...keyCondition('#part = :part', { part: state.id }), ConsistentRead: true };
      if (!none) for await (const some of pagesOf(client, query)) items.push(...some);
      return new Map(items.map((item) => [fromItem(Keyed, item).id, item]));
    },

    said: (apart: Apart): Said | undefined => read(apart, 'content', Said),

    /** Puts a page; the same one again is the same item. */
    async putPage(messageId: string, destination: string, { call, ...outcomes }: Page, ttl: number): Promise<void> {
      await put(messageId, pageId(destination, call), outcomes, ttl);
    },

    /** What of the attempts stands in the state; puts away those before them. */
    async attemptsIn(messageId: string, destination: string, attempts: Attempt[], ttl: number) {
      const tried = Math.floor(Math.max(0, attempts.length - 1) / ATTEMPTS_A_RECORD) * ATTEMPTS_A_RECORD;
      if (tried === attempts.length - 1 && tried > 0) {
        await put(messageId, triedId(destination), { attempts: attempts.slice(0, tried) }, ttl);
      }
      return { attempts: attempts.slice(tried), tried };
    },

    /** What of the warnings stands in the state. */
    async warningsIn(messageId: string, destination: string, warnings: Warning[], ttl: number) {
      if (Buffer.byteLength(JSON.stringify(warnings)) <= WARNINGS_BYTES) return { warnings };
      await put(messageId, warnedId(destination), { warnings }, ttl);
      return { warnings: undefined, warned: true };
    },

    /**
     * A delivery with all that stands apart from it. A page beyond the state tells of a call that DingTalk took and whose
     * worker died before it could say so: the call is done.
     */
    whole(apart: Apart, destination: string, delivery: Delivery): Delivery {
      const prefix = pageId(destination);
      const pages = [...apart].flatMap(([id, item]) =>
        id.startsWith(prefix) ? [{ ...fromItem(Outcomes, item), call: Number(id.slice(prefix.length)) }] : [],
      );
      const earlier = read(apart, triedId(destination), Tried);
      const warned = delivery.warned ? read(apart, warnedId(destination), Warned) : undefined;
      const done = (pages.at(-1)?.call ?? -1) + 1;
      const isAhead = done > delivery.done;
      const tail = isAhead ? NOTHING : { receipts: delivery.receipts, people: delivery.people ?? [] };
      const receipts = [...pages.flatMap((page) => page.receipts), ...tail.receipts];
      const people = newestOf([...pages.flatMap((page) => page.people), ...tail.people]);
      return {
        ...delivery,
        receipts,
        ...(people.length > 0 && { people }),
        ...warned,
        tail,
        attempts: [...(earlier?.attempts.slice(0, delivery.tried) ?? []), ...delivery.attempts],
        ...(isAhead && { done, recovered: true }),
      };
    },
  };
}

/** What stands apart from the state of a message, by the id of its item. */
type Apart = ReadonlyMap<string, Item>;

function read<S extends v.GenericSchema>(apart: Apart, id: string, schema: S): v.InferOutput<S> | undefined {
  const item = apart.get(id);
  return item && fromItem(schema, item);
}

/** Whether something of a delivery may stand apart. */
function isApart({ paged, planId, status, tried, warned }: Delivery): boolean {
  return Boolean(paged || planId !== undefined || status === 'sending' || tried > 0 || warned);
}

const NOTHING: Outcomes = { receipts: [], people: [] };

const triedId = (destination: string) => `tried#${sha256(destination, 16)}`;
const warnedId = (destination: string) => `warned#${sha256(destination, 16)}`;

/** Pages sort by their call. */
function pageId(destination: string, call?: number): string {
  return `page#${sha256(destination, 16)}#${call === undefined ? '' : String(call).padStart(6, '0')}`;
}

/** Of each person the newest outcome: who was throttled had another round. */
function newestOf(people: Outcomes['people']): Outcomes['people'] {
  return [...new Map(people.map((person) => [person.userId, person])).values()];
}

export type Parts = ReturnType<typeof partsOf>;
