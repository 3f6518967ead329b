import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { KEYS_FILE, KNOWN_KEYS, type LocalKeys, LocalKeysText } from '../../stage/local-secret.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Env } from '../terminal.ts';

/** The keys of the stack on this machine: random ones where it talks to the real DingTalk. */
export function localKeys(env: Env): LocalKeys {
  if (!env.DINGTALK_APPS) return KNOWN_KEYS;
  const file = join(env.LOCAL_DIR || '.local', KEYS_FILE);
  const kept = v.safeParse(LocalKeysText, existsSync(file) ? readFileSync(file, 'utf8') : undefined);
  if (kept.success) return kept.output;
  const remedy = 'Start the stack (npm start), and run this in its folder.';
  throw new CliError(EXIT.failed, 'no_local_keys', `${file} holds no keys`, remedy);
}
