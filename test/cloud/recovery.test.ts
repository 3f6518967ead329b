import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDestinationTable } from '../../lib/aws/tables/destination-table.ts';
import { createSeal } from '../../lib/base/seal.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import { newAccount, worldOf } from './world.ts';

// A stage whose keys are lost, or whose region is: the runbooks of docs/recovery.md, command by command.

type World = ReturnType<typeof worldOf>;
const OPS: Destination = { kind: 'custom-robot', accessToken: 'token-of-ops', secret: 'SECofops' };
const folder = mkdtempSync(join(tmpdir(), 'dingdock-recovery-'));
const file = join(folder, 'prod.backup.json');
let world: World;
let key: string;

/** Destinations of a stage as its functions open them, by the keys that it has now. */
const destinationsOf = ({ dynamodb }: World, sealingKey: string) =>
  createDestinationTable(dynamodb, 'dingdock-prod-destinations', createSeal(sealingKey, 'destinations'), Date.now);
const FIRST_KEY = '0123456789abcdef';

/** The stage's own keys, as `init` writes them. */
async function giveKeys({ common }: World, sealingKey: string): Promise<void> {
  const SecretString = JSON.stringify({ sealingKey });
  await new SecretsManagerClient(common).send(
    new PutSecretValueCommand({ SecretId: 'dingdock/prod/keys', SecretString }),
  );
}

beforeAll(async () => {
  await newAccount();
  world = worldOf();
  await world.secret('prod');
  await giveKeys(world, FIRST_KEY);
  const deployed = await world.dingdock('deploy --stage prod logDays=30');
  expect([deployed.code, deployed.json.error]).toEqual([0, undefined]);
  await destinationsOf(world, FIRST_KEY).put('ops', OPS);
  key = (await world.dingdock('keys create ci --scope messages:send --stage prod')).json.keyId;
});
afterAll(() => rmSync(folder, { recursive: true }));

test('an export holds what the stage cannot be made again without, for its owner alone, and never over a file', async () => {
  const done = await world.dingdock(`export ${file} --stage prod`);
  expect([done.code, done.json.error, done.json.destinations, done.json.keys]).toEqual([0, undefined, 1, 1]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const backup = JSON.parse(readFileSync(file, 'utf8'));
  expect(backup).toMatchObject({ stage: 'prod', destinations: { ops: OPS }, settings: { logDays: '30' } });
  // what it prints may stand in a log
  expect(JSON.stringify(done.json)).not.toContain('token-of-ops');
  expect((await world.dingdock(`export ${file} --stage prod`)).json.error.code).toBe('file_exists');
});

test('a stage whose own keys are lost goes on with new ones', async () => {
  await giveKeys(world, 'another-key-0123456789');
  await expect(destinationsOf(world, 'another-key-0123456789').read('ops')).rejects.toMatchObject({
    code: 'unsealing_failed',
  });
  expect((await world.dingdock(`import ${file} --stage prod`)).json.error.code).toBe('not_agreed');
  const done = await world.dingdock(`import ${file} --stage prod --yes`);
  expect([done.code, done.json.destinations]).toEqual([0, { put: ['ops'], kept: [] }]);
  expect(done.json.keys).toEqual({ put: [], kept: ['ci'] });
  expect(await destinationsOf(world, 'another-key-0123456789').read('ops')).toEqual(OPS);
  expect((await world.dingdock('restart --stage prod')).code).toBe(0);
  // once more: nothing is left to do
  expect((await world.dingdock(`import ${file} --stage prod --yes`)).json.destinations.kept).toEqual(['ops']);
});

test('a stage whose region is lost comes back in another, with its settings, destinations and keys', async () => {
  const elsewhere = worldOf('us-east-1');
  await elsewhere.secret('prod');
  await giveKeys(elsewhere, FIRST_KEY);
  const preview = await elsewhere.dingdock(`import ${file} --stage prod --dry-run`);
  expect(preview.json.settings).toMatchObject({ logDays: '30' });
  expect((await elsewhere.dingdock('deploy --stage prod logDays=30')).code).toBe(0);
  const done = await elsewhere.dingdock(`import ${file} --stage prod --yes`);
  expect([done.code, done.json.destinations.put, done.json.keys.put]).toEqual([0, ['ops'], ['ci']]);
  expect(await destinationsOf(elsewhere, FIRST_KEY).read('ops')).toEqual(OPS);
  const { keys } = (await elsewhere.dingdock('keys list --stage prod')).json;
  expect(keys).toEqual([expect.objectContaining({ keyId: key, name: 'ci', scopes: ['messages:send'] })]);
});

test('what is no export is told by where it is wrong, without a value of it', async () => {
  const { json } = await world.dingdock('import package.json --stage prod --yes');
  expect(json.error).toMatchObject({ code: 'bad_backup', message: expect.stringContaining('destinations') });
  expect((await world.dingdock('import none.json --stage prod --yes')).code).toBe(2);
});

test('a secret that was deleted is there again by the command that is printed', async () => {
  await new SecretsManagerClient(world.common).send(new DeleteSecretCommand({ SecretId: 'dingdock/prod' }));
  const told = await world.dingdock('doctor --stage prod');
  expect(JSON.stringify(told.json)).toContain('restore-secret --secret-id dingdock/prod');
});
