import * as v from 'valibot';
import { type Followed, Incident, type IncidentStore } from '../../../incidents/incident.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { toItem } from '../item.ts';
import { KEEPING, type Keeping, schemaEntry, ttlOf } from '../keeping.ts';
import { createCodeTable } from './code-table.ts';
import { createRecordList } from './record-list.ts';
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

/** Incidents in the table of records: one item each, a row for its short code, and its row in the list. */
export function createIncidentTable(
  client: Dynamodb,
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
  const lists = createRecordList(client, { table, keeping, keyOf, schema: Stored });
  const rowOf = (openedAt: string, id: string) => ({ part: LIST, id: `${openedAt}#${id}` });

  return {
    ...records,

    claimCode: codes.claimCode,

    async byCode(code) {
      const id = await codes.idOf(code);
      return id === undefined ? undefined : records.get(id);
    },

    enlist({ id, openedAt, listed }) {
      const row = { ...rowOf(openedAt, id), of: id, ttl: ttlOf(keeping) };
      return lists.enlist(row, listed === undefined ? undefined : rowOf(listed, id));
    },

    async list(page) {
      const { records: incidents, ...next } = await lists.page(LIST, page);
      return { incidents, ...next };
    },
  };
}
