import * as v from 'valibot';
import { Approval, type ApprovalStore, type Followed } from '../../../approvals/approval.ts';
import { isClosed } from '../../../approvals/life-cycle.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { toItem } from '../item.ts';
import { KEEPING, type Keeping, schemaEntry, ttlOf } from '../keeping.ts';
import { createCodeTable } from './code-table.ts';
import { createRecordList } from './record-list.ts';
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

/**
 * Approvals in the table of records: each an item of the part `approval`; a row for its short code, and one in the list of
 * its state.
 */
export function createApprovalTable(
  client: Dynamodb,
  table: string,
  now: () => number,
  keeping: Keeping = KEEPING,
): ApprovalStore {
  const records = createRecordTable<Approval, Partial<Followed>>(
    { client, now, keeping },
    { table, keyOf, schema: Stored, stored, changing: CHANGING, isClosed },
  );
  const codes = createCodeTable(client, { table, part: CODES, keeping: { ...keeping, now } });
  const lists = createRecordList(client, { table, keeping: { ...keeping, now }, keyOf, schema: Stored });
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

    enlist(approval, list) {
      const id = rowOf(approval);
      const row = { part: partOf(list), id, of: approval.id, ttl: ttlFrom(approval) };
      return lists.enlist(row, approval.list === undefined ? undefined : { part: partOf(approval.list), id });
    },

    async list(list, page) {
      const { records: approvals, ...next } = await lists.page(partOf(list), page);
      return { approvals, ...next };
    },
  };
}
