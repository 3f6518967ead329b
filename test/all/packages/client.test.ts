import { readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildClient } from '../../../local/packages/client.ts';
import { stackClient } from '../../support/stack-client.ts';
import { bringNodes, NODES, packed } from '../packed.ts';
import { folderIn, INSTALLS_MS, install, run, scratchFolder } from '../scratch.ts';

/** dingdock-client as others have it: packed, in an empty folder, against the stack. */
const { urls, messagesIn } = await stackClient();
const scratch = scratchFolder();
const empty = folderIn(scratch, 'empty');
const readme = readFileSync('client/README.md', 'utf8');
const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1]?.replace('http://127.0.0.1:3000', urls.api) ?? '';
let nodeOf: Awaited<ReturnType<typeof bringNodes>>;

beforeAll(async () => {
  const built = folderIn(scratch, 'package');
  await buildClient(resolve('.'), built);
  await install(empty, await packed(built));
  nodeOf = await bringNodes(scratch);
  writeFileSync(join(empty, 'use.mjs'), example);
}, INSTALLS_MS);

test('it is one package of at most 15 kB of code, with nothing to install beside it', () => {
  const installed = readdirSync(join(empty, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(installed).toEqual(['dingdock-client']);
  const { size } = statSync(join(empty, 'node_modules/dingdock-client/client.js'));
  writeSync(1, `dingdock-client: ${(size / 1000).toFixed(1)} kB of code\n`);
  expect(size).toBeLessThan(15_000);
  const manifest = JSON.parse(readFileSync(join(empty, 'node_modules/dingdock-client/package.json'), 'utf8'));
  expect([manifest.dependencies, manifest.private]).toEqual([undefined, undefined]);
});

test.each(NODES)('on Node %s the example of its document runs', async (version) => {
  const before = (await messagesIn('cidOps=')).length;
  const said = await run(nodeOf(version), ['use.mjs'], { cwd: empty });
  expect(said).toMatch(/^m_\w+ sent\n1\n[\s\S]*unknown_message /);
  expect((await messagesIn('cidOps=')).length).toBe(before + 1);
});

test('its types are there for a project without any others, and tell mistakes', async () => {
  writeFileSync(join(empty, 'use.mts'), `${example}\n${WRONG}`);
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const args = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--types', '', 'use.mts'];
  expect(await run(process.execPath, [tsc, ...args], { cwd: empty })).toBe('');
});

const WRONG = `
// @ts-expect-error no content
await dingdock.sendMessage({ body: { to: 'ops' } });
// @ts-expect-error two contents
await dingdock.sendMessage({ body: { to: 'ops', text: 'x', markdown: { title: 'a', text: 'b' } } });
// @ts-expect-error an unknown field
await dingdock.dispatchTask({ body: { title: 'x', assignees: ['lisi'], prioritty: 'high' } });
`;
