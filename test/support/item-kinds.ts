import { type DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { sizeOf } from './item-size.ts';

/** Below DynamoDB's 400 kB an item, with room for what is added later. */
const MOST_BYTES = 300_000;

/**
 * Every kind of item, by its table and what its key begins with, the most particular first. A kind that stands nowhere here
 * fails the tests that look for the largest of each.
 */
const KINDS: readonly [kind: string, table: RegExp, key: RegExp][] = [
  ['token', /tokens$/, /./],
  ['count of the month', /limits$/, /^month:/],
  ['place of who waits', /limits$/, /^place#/],
  ['count of starts', /limits$/, /^begun#/],
  ['slots', /limits$/, /./],
  ['destination', /destinations$/, /./],
  ['key', /keys$/, /./],
  ['conversation', /conversations$/, /./],
  ['callback that is kept', /events$/, /^kept#/],
  ['last refusal of a door', /events$/, /^door#/],
  ['last look at the failed list', /events$/, /^failed-list#/],
  ['claim on an event', /events$/, /./],
  ['share', /shares$/, /^s_/],
  ['link', /shares$/, /^f_/],
  ['link that was revoked', /shares$/, /^revoked#/],
  ['media id', /shares$/, /^media#/],
  ['message', /messages$/, /^\d{8} m_/],
  ['content of a message', /messages$/, /^m_[\w-]+ content/],
  ['page of outcomes', /messages$/, /^m_[\w-]+ page#/],
  ['earlier tries', /messages$/, /^m_[\w-]+ tried#/],
  ['warnings of a message', /messages$/, /^m_[\w-]+ warned#/],
  ['idempotency key', /messages$/, / key$/],
  ['leader of a merge', /messages$/, /^merge#/],
  ['row of a message', /messages$/, /^(owner|to|status)#/],
  ['position of a pass', /messages$/, /^watch /],
  ['lane', /messages$/, /^lanes /],
  ['task', /tasks$/, /^t_/],
  ['person', /tasks$/, /^person#/],
  ['digest', /tasks$/, /^digest#/],
  ['deeds of a person', /tasks$/, /^deeds(-refused)?#/],
  ['approval', /records$/, /^approval /],
  ['row of an approval', /records$/, /^approvals#/],
  ['incident', /records$/, /^incident /],
  ['row of an incident', /records$/, /^incidents /],
  ['row of a task', /records$/, /^tasks#/],
  ['code', /records$/, /-code /],
  ['source', /records$/, /^source /],
  ['what was seen of a source', /records$/, /^source-seen /],
  ['holder of a topic', /records$/, /^source-topic /],
  ['place of an answer', /records$/, /^reply /],
  ['who is told of an incident', /records$/, /^reader /],
  ['what they read', /records$/, /^read /],
  ['card that was tried', /records$/, /^card-trial /],
  ['tap that was seen', /records$/, /^card-buttons /],
  ['visitor who left', /records$/, /^left /],
  ['state of a sign-in', /records$/, /^sign-in-state /],
];

export const KIND_NAMES = KINDS.map(([name]) => name);

type Largest = Record<string, number>;

/** The largest item of each kind that the tables hold. */
async function largestOf(client: DynamoDBClient): Promise<Largest> {
  const { TableNames = [] } = await client.send(new ListTablesCommand());
  const sizes: Largest = {};
  for (const TableName of TableNames) {
    let from: Record<string, never> | undefined;
    do {
      const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey: from, ConsistentRead: true }));
      for (const item of page.Items ?? []) {
        const key = [item.part?.S, item.id?.S].filter((part) => part !== undefined).join(' ');
        const shown = /destinations$/.test(TableName) ? (item.id?.S ?? '') : key;
        const kind = KINDS.find(([, table, begin]) => table.test(TableName) && begin.test(shown))?.[0];
        expect(kind, `a kind of item that nobody listed: ${TableName} ${key}`).toBeDefined();
        sizes[kind ?? ''] = Math.max(sizes[kind ?? ''] ?? 0, sizeOf(item));
      }
      from = page.LastEvaluatedKey as typeof from;
    } while (from);
  }
  return sizes;
}

/** Looks at the tables again and again, and holds the largest of each kind below the bound. */
export function largestItems(first?: DynamoDBClient) {
  const most: Largest = {};
  return {
    /** At the tables of this client, or of the first one. */
    async look(client = first): Promise<Largest> {
      const found = client ? await largestOf(client) : {};
      for (const [kind, size] of Object.entries(found)) {
        most[kind] = Math.max(most[kind] ?? 0, size);
        expect(size, kind).toBeLessThanOrEqual(MOST_BYTES);
      }
      return most;
    },
    /** Prints the largest of each kind; every kind named has to be among them. */
    told(kinds: readonly string[]): void {
      for (const [kind, size] of Object.entries(most)) console.log(`largest item: ${kind}: ${size} bytes`);
      expect(Object.keys(most)).toEqual(expect.arrayContaining([...kinds]));
    },
  };
}
