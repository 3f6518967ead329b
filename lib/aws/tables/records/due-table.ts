import * as v from 'valibot';
import type { DueRecords } from '../../../records/due.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { changeItem, toItem } from '../item.ts';
import { KEEPING, type Keeping } from '../keeping.ts';
import { dueItems, WATCHED } from './record-table.ts';

const Due = v.object({ part: v.string(), id: v.string(), dueAt: v.number() });

/** What is due in the table of records, of all kinds. */
export function createDueTable(client: Dynamodb, table: string, keeping: Keeping = KEEPING): DueRecords {
  return {
    listDue: (until, from) => dueItems({ client, keeping }, { table, watch: WATCHED, until, from }, Due),

    async checked({ part, id, dueAt: listed }, dueAt) {
      const place = { TableName: table, Key: toItem({ part, id }) };
      await changeItem(client, place, { set: { dueAt }, when: '#dueAt = :listed', values: { listed } });
    },
  };
}
