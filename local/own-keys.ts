import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { KEYS_FILE, KNOWN_KEYS, type LocalKeys, LocalKeysText } from '../stage/local-secret.ts';

/**
 * The API key and the stage's own keys. With the real DingTalk they are random and kept in the state folder: the known
 * ones would open the company's messages and robots to whoever reaches the ports.
 */
export function ownKeys(stateDir: string, real: boolean): LocalKeys {
  if (!real) return KNOWN_KEYS;
  const file = join(stateDir, KEYS_FILE);
  const known = v.safeParse(LocalKeysText, textOf(file));
  if (known.success) return known.output;
  const random = () => randomBytes(24).toString('base64url');
  const keys = { apiKey: `local_${random()}`, sealingKey: random(), linkKey: random(), cookieKey: random() };
  writeFileSync(file, `${JSON.stringify(keys)}\n`, { mode: 0o600 });
  return keys;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
