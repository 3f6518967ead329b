import * as v from 'valibot';
import type { ClaimCode } from '../../../records/codes.ts';
import type { Dynamodb } from '../../dynamodb.ts';
import { getItem, putNew, toItem } from '../item.ts';
import { type Keeping, ttlOf } from '../keeping.ts';

const Row = v.object({ of: v.string() });

/** The short codes of records of one kind, as rows of a part of their own. */
export function createCodeTable(
  client: Dynamodb,
  { table, part, keeping }: { table: string; part: string; keeping: Keeping },
) {
  const held = (code: string) => getItem(client, { TableName: table, Key: toItem({ part, id: code }) }, Row);
  const claimCode: ClaimCode = async (code, id) => {
    const ttl = ttlOf(keeping, keeping.now() + keeping.keepDays * 24 * 3_600_000);
    if (await putNew(client, table, { part, id: code, of: id, ttl })) return true;
    return (await held(code))?.of === id;
  };
  return { claimCode, idOf: async (code: string) => (await held(code))?.of };
}
