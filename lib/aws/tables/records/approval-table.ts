import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { Approval, type ApprovalStore, type Followed } from '../../../approvals/approval.ts';
import { isClosed } from '../../../approvals/life-cycle.ts';
import { pageOf } from '../cursor.ts';
import { getItems, keyCondition, toItem } from '../item.ts';
import { KEEPING, type Keeping, readable, schemaEntry, ttlOf } from '../keeping.ts';
import { createCodeTable } from './code-table.ts';
import { createRecordTable } from './record-table.ts';

const PART = 'approval';
const CODES = 'approval-code';

/** The caller's own data stand as JSON: DynamoDB's numbers hold less than JSON's. */
const Stored = v.object({
  ...Approval.entries,
  ...schemaEntry,
  data: v.optional(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()))),
});
const stored = ({ data, ...approval }: Approval) => ({ ...approval, part: PART, data: data && JSON.stringify(data) });
/** What a change writes; the rest is fixed, or noted by workers. */
const CHANGING = ['status', 'decision', 'answers', 'version', 'history'];
const keyOf = (id: string, part = PART) => toItem({ part, id });
const Row = v.object({ id: v.string(), approval: v.string() });

/**
 * Approvals in the table of records: each an item of the part `approval`; a row for its short code, and one in the list of
 * its state.
 */
export function createApprovalTable(
  client: DynamoDBClient,
  table: string,
  now: () => number,
  keeping: Keeping = KEEPING,
): ApprovalStore {
  const records = createRecordTable<Approval, Partial<Followed>>(
    { client, now, keeping },
    { table, keyOf, schema: Stored, stored, changing: CHANGING, isClosed },
  );
  const codes = createCodeTable(client, { table, part: CODES, keeping: { ...keeping, now } });
  const partOf = (list: string) => `approvals#${list}`;
  const rowOf = ({ createdAt, id }: Approval) => `${createdAt}#${id}`;
  const ttlFrom = ({ expiresAt }: Approval) => ttlOf({ ...keeping, now }, Date.parse(expiresAt));

  return {
    ...records,

    claimCode: codes.claimCode,

    async byCode(code) {
      const id = await codes.idOf(code);
      return id === undefined ? undefined : records.get(id);
    },

    async enlist(approval, list) {
      const row = { part: partOf(list), id: rowOf(approval), approval: approval.id, ttl: ttlFrom(approval) };
      await client.send(new PutItemCommand({ TableName: table, Item: toItem(row) }));
      if (approval.list === undefined || approval.list === list) return;
      const Key = keyOf(rowOf(approval), partOf(approval.list));
      await client.send(new DeleteItemCommand({ TableName: table, Key }));
    },

    async list(list, { cursor, limit }) {
      const part = partOf(list);
      const query = {
        TableName: table,
        ...keyCondition('#part = :part', { part }),
        ScanIndexForward: false,
        Limit: limit,
      };
      const OfList = v.object({ part: v.literal(part), id: v.pipe(v.string(), v.maxLength(200)) });
      const { items, ...next } = await pageOf(client, query, OfList, cursor);
      const ids = readable(Row, items, { table, keeping }).map(({ approval }) => approval);
      const found = await getItems(
        client,
        table,
        ids.map((id) => keyOf(id)),
      );
      const approvals = new Map(readable(Stored, found, { table, keeping }).map((each) => [each.id, each]));
      return { approvals: ids.flatMap((id) => approvals.get(id) ?? []), ...next };
    },
  };
}
