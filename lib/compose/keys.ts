import { createKeyTable } from '../aws/tables/key-table.ts';
import { clock, dynamodb } from './clients.ts';

export function apiKeys(config: { KEYS_TABLE: string }) {
  return { keys: createKeyTable(dynamodb(), config.KEYS_TABLE, clock.now), now: clock.now };
}
