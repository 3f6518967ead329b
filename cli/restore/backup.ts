import { paginateScan } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { DestinationTable } from '../../lib/aws/tables/destination-table.ts';
import { fromItem, toItem } from '../../lib/aws/tables/item.ts';
import { keyStore } from '../../lib/aws/tables/key-store.ts';
import { ApiKey } from '../../lib/aws/tables/key-table.ts';
import { ServiceError } from '../../lib/base/errors.ts';
import { DestinationName, Registered } from '../../lib/messages/destination.ts';
import type { Target } from '../stage/target.ts';
import { putBack } from './tables.ts';

/** What a stage cannot be made again without: its settings, destinations with what is secret in them, hashes of keys. */
export const Backup = v.object({
  version: v.literal(1),
  stage: v.string(),
  region: v.string(),
  at: v.string(),
  settings: v.record(v.string(), v.string()),
  destinations: v.record(DestinationName, Registered),
  keys: v.array(ApiKey),
});
export type Backup = v.InferOutput<typeof Backup>;

const Named = v.object({ id: v.string() });

/** Reads them from the tables; destinations are opened by the stage's own keys. */
export async function takeBackup(target: Target, settings: Backup['settings'], at: string): Promise<Backup> {
  const { dynamodb, table, stage, region } = target;
  const opened = await target.destinations();
  const destinations: Backup['destinations'] = {};
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: table('destinations') }))
    for (const item of Items) {
      const { id } = fromItem(Named, item);
      const destination = await opened.read(id);
      if (destination) destinations[id] = destination;
    }
  const keys = await keyStore(dynamodb, table('keys')).list();
  return { version: 1, stage, region, at, settings, destinations, keys };
}

export type Put = { put: string[]; kept: string[] };

/**
 * Puts into a stage what it lacks: destinations that are not there, or that its own keys do not open, sealed by those, and
 * keys that it does not know. With `replace` the backup goes over what is there.
 */
export async function putBackup(target: Target, backup: Backup, replace: boolean) {
  const { dynamodb, table } = target;
  const opened = await target.destinations();
  const [destinations, keys]: [Put, Put] = [
    { put: [], kept: [] },
    { put: [], kept: [] },
  ];
  for (const [name, destination] of Object.entries(backup.destinations)) {
    const stays = !replace && (await isThere(opened, name));
    if (!stays) await opened.put(name, destination);
    destinations[stays ? 'kept' : 'put'].push(name);
  }
  for (const key of backup.keys) {
    const put = await putBack(dynamodb, { table: table('keys'), key: 'id', Item: toItem(key), replace });
    keys[put ? 'put' : 'kept'].push(key.name);
  }
  return { destinations, keys };
}

async function isThere(destinations: DestinationTable, name: string): Promise<boolean> {
  try {
    return (await destinations.read(name)) !== undefined;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'unsealing_failed') return false;
    throw error;
  }
}
