import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { Incident, type IncidentStore } from '../../incidents/incident.ts';
import { pageOf } from './cursor.ts';
import { changeItem, getItems, keyCondition, putNew, toItem } from './item.ts';
import { KEEPING, type Keeping, readable, readOne, SCHEMA, schemaEntry, ttlOf } from './keeping.ts';

const PART = 'incident';
/** A row for each time that one fired, by that time. */
const LIST = 'incidents';

const Stored = v.object({ ...Incident.entries, ...schemaEntry });
const Row = v.object({ incidentId: v.string() });
const RowKey = v.object({ part: v.literal(LIST), id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) });

/** Incidents in the table of records: one item each, and the rows of their list. */
export function createIncidentTable(client: DynamoDBClient, table: string, keeping: Keeping = KEEPING): IncidentStore {
  const keyOf = (id: string) => toItem({ part: PART, id });
  const placeOf = (id: string) => ({ TableName: table, Key: keyOf(id) });
  const itemOf = (incident: Incident) => ({ part: PART, schema: SCHEMA, kind: PART, ...incident, ttl: ttlOf(keeping) });

  async function enlist({ id, openedAt }: Incident): Promise<void> {
    const Item = toItem({ part: LIST, id: `${openedAt}#${id}`, incidentId: id, ttl: ttlOf(keeping) });
    await client.send(new PutItemCommand({ TableName: table, Item }));
  }

  return {
    async get(id) {
      const { Item } = await client.send(new GetItemCommand({ ...placeOf(id), ConsistentRead: true }));
      return readOne(Stored, Item, { table, keeping });
    },

    async create(incident) {
      await enlist(incident);
      return putNew(client, table, itemOf(incident));
    },

    async put(incident, from) {
      if (incident.history.at(-1)?.action === 'fired') await enlist(incident);
      const { part: _, id, shown: __, reached: ___, ...set } = itemOf(incident);
      // what it has no more is taken off
      const { resolvedAt, priority } = incident;
      const change = { set: { ...set, resolvedAt, priority }, when: '#version = :from', values: { from } };
      return changeItem(client, placeOf(id), change);
    },

    async note(id, noted) {
      await changeItem(client, placeOf(id), { set: { ...noted } });
    },

    async list({ cursor, limit }) {
      const query = {
        TableName: table,
        ScanIndexForward: false,
        Limit: limit,
        ...keyCondition('#part = :part', { part: LIST }),
      };
      const { items, ...next } = await pageOf(client, query, RowKey, cursor);
      const ids = [...new Set(readable(Row, items, { table, keeping }).map(({ incidentId }) => incidentId))];
      const found = readable(Stored, await getItems(client, table, ids.map(keyOf)), { table, keeping });
      const byId = new Map(found.map((incident) => [incident.id, incident]));
      return { incidents: ids.flatMap((id) => byId.get(id) ?? []), ...next };
    },
  };
}
