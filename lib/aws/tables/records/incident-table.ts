import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type Followed, Incident, type IncidentStore } from '../../../incidents/incident.ts';
import { pageOf } from '../cursor.ts';
import { getItems, keyCondition, toItem } from '../item.ts';
import { KEEPING, type Keeping, readable, schemaEntry, ttlOf } from '../keeping.ts';
import { createCodeTable } from './code-table.ts';
import { createRecordTable } from './record-table.ts';

const PART = 'incident';
const CODES = 'incident-code';
/** A row for each incident, by when it fired. */
const LIST = 'incidents';

const Stored = v.object({ ...Incident.entries, ...schemaEntry });
/** What a change writes; the rest is fixed, or noted by workers. */
const CHANGING = [
  ...['version', 'state', 'title', 'text', 'priority', 'labels', 'to', 'openedAt', 'changedAt', 'resolvedAt'],
  ...['taken', 'silenced', 'fired', 'updates', 'lastReceived', 'history', 'language', 'gapMs', 'next'],
];
const Row = v.object({ incidentId: v.string() });
const RowKey = v.object({ part: v.literal(LIST), id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) });

/** Incidents in the table of records: one item each, a row for its short code, and its row in the list. */
export function createIncidentTable(
  client: DynamoDBClient,
  table: string,
  now: () => number,
  given: Keeping = KEEPING,
): IncidentStore {
  const keeping = { ...given, now };
  const keyOf = (id: string, part = PART) => toItem({ part, id });
  const stored = (incident: Incident) => ({ ...incident, part: PART, kind: PART, ttl: ttlOf(keeping) });
  const records = createRecordTable<Incident, Partial<Followed>>(
    { client, now, keeping },
    // one that nobody tells of any more ages out, whatever was said last
    { table, keyOf, schema: Stored, stored, changing: CHANGING, isClosed: () => true },
  );
  const codes = createCodeTable(client, { table, part: CODES, keeping });
  const rowOf = (openedAt: string, id: string) => ({ part: LIST, id: `${openedAt}#${id}` });

  return {
    ...records,

    claimCode: codes.claimCode,

    async byCode(code) {
      const id = await codes.idOf(code);
      return id === undefined ? undefined : records.get(id);
    },

    async enlist({ id, openedAt, listed }) {
      const Item = toItem({ ...rowOf(openedAt, id), incidentId: id, ttl: ttlOf(keeping) });
      await client.send(new PutItemCommand({ TableName: table, Item }));
      if (listed === undefined || listed === openedAt) return;
      await client.send(new DeleteItemCommand({ TableName: table, Key: toItem(rowOf(listed, id)) }));
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
      const keys = ids.map((id) => keyOf(id));
      const found = readable(Stored, await getItems(client, table, keys), { table, keeping });
      const byId = new Map(found.map((incident) => [incident.id, incident]));
      return { incidents: ids.flatMap((id) => byId.get(id) ?? []), ...next };
    },
  };
}
