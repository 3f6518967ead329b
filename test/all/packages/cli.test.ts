import { readdirSync, statSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildCli } from '../../../local/packages/cli.ts';
import { stackClient } from '../../support/stack-client.ts';
import { bringNodes, NODES, packed } from '../packed.ts';
import { folderIn, INSTALLS_MS, install, run, scratchFolder } from '../scratch.ts';

/** dingdock-cli as others have it: packed, in an empty folder, without the repository and its tools. */
const { urls, messagesIn } = await stackClient();
const scratch = scratchFolder();
const empty = folderIn(scratch, 'empty');
const command = join(empty, 'node_modules/dingdock-cli/dingdock.mjs');
const env = { DINGDOCK_URL: urls.api, DINGDOCK_API_KEY: 'local' };
let nodeOf: Awaited<ReturnType<typeof bringNodes>>;

beforeAll(async () => {
  const built = folderIn(scratch, 'package');
  await buildCli(resolve('.'), built);
  const tarball = await packed(built);
  writeSync(1, `dingdock-cli: ${(statSync(tarball).size / 1_000_000).toFixed(1)} MB packed\n`);
  await install(empty, tarball);
  nodeOf = await bringNodes(scratch);
}, INSTALLS_MS);

test('it is one package, with nothing to install beside it', () => {
  const installed = readdirSync(join(empty, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(installed).toEqual(['dingdock-cli']);
});

test.each(NODES)('on Node %s it tells its version and its commands, and sends', async (version) => {
  const dingdock = (...args: string[]) => run(nodeOf(version), [command, ...args], { cwd: empty, env });
  expect(await dingdock('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await dingdock('--help')).toContain('dingdock ask');
  expect(await dingdock('completion', 'bash')).toContain('destinations');
  const before = (await messagesIn('cidOps=')).length;
  expect(await dingdock('send', '--to', 'ops', `by Node ${version}`)).toContain('sent');
  expect((await messagesIn('cidOps=')).length).toBe(before + 1);
  const refused = await dingdock('send', '--to', 'nowhere', 'x', '--json').catch(String);
  expect(refused).toContain('nowhere');
});

test.each([
  ['deploy', '--stage', 'prod', '--region', 'eu-central-1'],
  ['upgrade', '--stage', 'prod', '--region', 'eu-central-1'],
  ['restore', '--stage', 'prod', '--region', 'eu-central-1'],
  ['simulator'],
])('`%s` says where it is to be had', async (...args) => {
  const said = await run(nodeOf('22'), [command, ...args], { cwd: empty, env }).catch(String);
  expect(said).toMatch(/a clone of it|npx dingtalk-simulator/);
  expect(said).not.toContain('ENOENT');
});
