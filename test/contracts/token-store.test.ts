import { afterAll, beforeAll, describe } from 'vitest';
import { createTokenTable } from '../../lib/aws/tables/token-table.ts';
import type { TokenStore } from '../../lib/dingtalk/token/access-token.ts';
import { createMemoryTokenStore, tokenStoreContract } from './token-store.ts';
import { startTokenTable, TABLE } from './token-store-dynamodb.ts';

describe('in memory', () => tokenStoreContract(createMemoryTokenStore));

describe('in DynamoDB', () => {
  let table: Awaited<ReturnType<typeof startTokenTable>>;
  beforeAll(async () => {
    table = await startTokenTable();
  });
  afterAll(() => table.close());

  const create = (): TokenStore => createTokenTable(table.client, TABLE); // the adapter fits the port by shape
  tokenStoreContract(create);
});
