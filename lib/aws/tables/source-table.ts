import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { Seal } from '../../base/seal.ts';
import { Source, SourceName, SourceSeen, type SourceStore } from '../../sources/source.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { pagesOf } from './cursor.ts';
import { changeItem, conditionOf, fromItem, getItem, keyCondition, refusedMeans, toItem } from './item.ts';
import { KEEPING, type Keeping, readable, unreadableRecord } from './keeping.ts';

/** A source is remembered this long by a running function: a closed one lives no longer. */
const REMEMBER_MS = 5_000;
const PART = 'source';
const SEEN = 'source-seen';
const TOPIC = 'source-topic';

const Stored = v.object({ id: v.string(), sealed: v.string() });
const Claimed = v.object({ source: v.string() });
const Seen = v.object({
  received: v.optional(v.number(), 0),
  refused: v.optional(v.number(), 0),
  lastAt: v.optional(v.string()),
  lastProblem: v.optional(SourceSeen.entries.lastProblem),
});

/**
 * Sources in the table of records, sealed whole: they hold secrets of senders. What was seen of each, and whose a topic is,
 * stands beside them.
 */
export function createSourceTable(
  client: Dynamodb,
  { table, seal, keeping = KEEPING }: { table: string; seal: Seal; keeping?: Keeping },
  now: () => number,
): SourceStore {
  const remembered = new Map<string, { source: Source | undefined; until: number }>();
  const placeOf = (name: string, part = PART) => ({ TableName: table, Key: toItem({ part, id: name }) });
  const heldBy = (name: string) => conditionOf({ when: '#source = :name', values: { name } });
  /** Undefined for one that a newer version wrote. */
  function open({ id, sealed }: v.InferOutput<typeof Stored>): Source | undefined {
    const opened = v.safeParse(Source, JSON.parse(seal.open(sealed, `${PART}/${id}`)));
    if (opened.success) return opened.output;
    keeping.unreadable(table, 1);
    return undefined;
  }

  async function read(name: string, ConsistentRead = true): Promise<Source | undefined> {
    if (!v.is(SourceName, name)) return undefined;
    const { Item } = await client.send(new GetItemCommand({ ...placeOf(name), ConsistentRead }));
    if (!Item) return undefined;
    const source = open(fromItem(Stored, Item));
    if (!source) throw unreadableRecord();
    return source;
  }

  return {
    read: (name) => read(name),

    async get(name) {
      const held = remembered.get(name);
      if (held && held.until > now()) return held.source;
      const source = await read(name, false);
      if (remembered.size >= 1_000) remembered.clear();
      remembered.set(name, { source, until: now() + REMEMBER_MS });
      return source;
    },

    async put(source) {
      const { name } = source;
      const sealed = seal.seal(JSON.stringify(source), `${PART}/${name}`);
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: toItem({ part: PART, id: name, kind: source.rules.kind, sealed }),
        }),
      );
      remembered.delete(name);
    },

    async remove(name) {
      for (const part of [PART, SEEN]) await client.send(new DeleteItemCommand(placeOf(name, part)));
      remembered.delete(name);
    },

    async list() {
      const query = { TableName: table, ...keyCondition('#part = :part', { part: PART }) };
      const found: Source[] = [];
      for await (const items of pagesOf(client, query))
        found.push(...readable(Stored, items, { table, keeping }).flatMap((stored) => open(stored) ?? []));
      return found;
    },

    async topicHolder(topic) {
      return (await getItem(client, placeOf(topic, TOPIC), Claimed))?.source;
    },

    async claimTopic(topic, name, before) {
      const Item = toItem({ part: TOPIC, id: topic, source: name });
      const condition = before === undefined ? { ConditionExpression: 'attribute_not_exists(id)' } : heldBy(before);
      const put = new PutItemCommand({ TableName: table, Item, ...condition });
      return client.send(put).then(() => true, refusedMeans(false));
    },

    async releaseTopic(topic, name) {
      const gone = new DeleteItemCommand({ ...placeOf(topic, TOPIC), ...heldBy(name) });
      await client.send(gone).catch(refusedMeans(undefined));
    },

    async seen(name) {
      return getItem(client, placeOf(name, SEEN), Seen);
    },

    async note(name, { refused = false, problem }) {
      const at = new Date(now()).toISOString();
      await changeItem(client, placeOf(name, SEEN), {
        add: { [refused ? 'refused' : 'received']: 1 },
        set: { ...(!refused && { lastAt: at }), ...(problem && { lastProblem: { at, ...problem } }) },
      });
    },
  };
}
