import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { localKeys } from '../../cli/stage/local-keys.ts';
import { ownKeys } from '../../local/own-keys.ts';
import { KNOWN_KEYS, ownKeysSecretOf } from '../../stage/local-secret.ts';

test('with the real DingTalk the keys are random, kept for the owner alone, and found by the CLI', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dingdock-keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const keys = ownKeys(folder, true);
  expect(keys.apiKey).toMatch(/^local_.{32}$/);
  expect(keys.sealingKey).toHaveLength(32);
  expect(keys.sealingKey).not.toBe(KNOWN_KEYS.sealingKey);
  expect(ownKeys(folder, true)).toEqual(keys);
  expect(statSync(join(folder, 'keys.json')).mode & 0o777).toBe(0o600);
  expect(localKeys({ DINGTALK_APPS: '[]', LOCAL_DIR: folder })).toEqual(keys);
  const { apiKey, ...own } = keys;
  expect(JSON.parse(ownKeysSecretOf(keys))).toEqual(own);
});

test('with the simulator they are the known ones, and nothing is kept', () => {
  expect(ownKeys('/nowhere', false)).toEqual(KNOWN_KEYS);
  expect(localKeys({})).toEqual(KNOWN_KEYS);
  expect(() => localKeys({ DINGTALK_APPS: '[]', LOCAL_DIR: '/nowhere' })).toThrow('holds no keys');
});
