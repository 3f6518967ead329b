import { cpSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildSimulator } from '../../../local/packages/simulator.ts';
import { judge } from '../../support/judge.ts';
import { bringNodes, NODES, packed } from '../packed.ts';
import { folderIn, INSTALLS_MS, install, run, scratchFolder, start } from '../scratch.ts';

/** The package as others have it: packed, and installed in an empty folder, on each Node that it promises. */
const scratch = scratchFolder();
const empty = folderIn(scratch, 'empty');
const document = readFileSync('docs/simulator.md', 'utf8');
let nodeOf: Awaited<ReturnType<typeof bringNodes>>;
let tarball = '';

beforeAll(async () => {
  const built = join(scratch, 'package');
  await buildSimulator(resolve('.'), built);
  tarball = await packed(built);
  await install(empty, tarball);
  nodeOf = await bringNodes(scratch);
}, INSTALLS_MS);

/** A figure of the run, which a test that passes would keep to itself. */
const tell = (figure: string) => writeSync(1, `dingtalk-simulator: ${figure}\n`);

test('it is one package of at most 3 MB, with nothing to install beside it', async () => {
  const { size } = statSync(tarball);
  const installed = readdirSync(join(empty, 'node_modules')).filter((name) => !name.startsWith('.'));
  tell(`${Math.round(size / 1000)} kB packed, ${installed.length} package installed`);
  expect(installed).toEqual(['dingtalk-simulator']);
  expect(size).toBeLessThan(3_000_000);
  const manifest = JSON.parse(readFileSync(join(empty, 'node_modules/dingtalk-simulator/package.json'), 'utf8'));
  expect([manifest.dependencies, manifest.private]).toEqual([undefined, undefined]);
});

test('npx runs it from the packed file', async () => {
  const args = ['--yes', `--package=${tarball}`, 'dingtalk-simulator', '--help'];
  expect(await run('npx', args, { cwd: folderIn(scratch, 'npx') })).toContain('--callback-url <url>');
});

test.each(NODES)('on Node %s it starts, shows its page, takes a message, and ends when told', async (version) => {
  const began = performance.now();
  const command = join(empty, 'node_modules/dingtalk-simulator/command.cjs');
  const running = start(nodeOf(version), [command, '--port', '0', '--seed', 'x'], { cwd: empty });
  await expect.poll(() => running.said, { interval: 5 }).toMatch(/^DingTalk simulator: http:\S+\n/);
  tell(`ready after ${Math.round(performance.now() - began)} ms on Node ${version}`);
  const url = running.said.trim().split(' ').at(-1);
  const page = await (await fetch(`${url}/`)).text();
  const scripts = [...page.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map(([, path]) => path);
  expect(scripts.length).toBeGreaterThan(1);
  for (const path of scripts) expect((await fetch(`${url}${path}`)).status).toBe(200);
  const body = JSON.stringify({ appKey: 'dingsimapp', appSecret: 'dingsimsecret' });
  const headers = { 'content-type': 'application/json' };
  const answer = await (await fetch(`${url}/v1.0/oauth2/accessToken`, { method: 'POST', headers, body })).json();
  expect(answer).toMatchObject({ expireIn: 7200 });
  running.stop();
  await expect.poll(() => running.child.exitCode).toBe(0);
});

/** An example of the document that follows this title. */
function example(title: string): string {
  const [, code = ''] = new RegExp(`### ${title}\\n[\\s\\S]*?\`\`\`js\\n([\\s\\S]*?)\`\`\``).exec(document) ?? [];
  expect(code).toContain('startSimulator');
  return code;
}

/** An empty folder with the package, and a test file in it. */
function suite(name: string, file: string, code: string): string {
  const folder = folderIn(scratch, name);
  cpSync(join(empty, 'node_modules'), join(folder, 'node_modules'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  writeFileSync(join(folder, file), code);
  return folder;
}

test.each(NODES)('on Node %s the example is green in node:test', async (version) => {
  const folder = suite(`node-test-${version}`, 'robot.test.mjs', example('node:test'));
  expect(await run(nodeOf(version), ['--test', 'robot.test.mjs'], { cwd: folder })).toMatch(/pass 1\n.*fail 0/);
});

test('the example is green in vitest', async () => {
  const folder = suite('vitest', 'robot.test.mjs', example('vitest'));
  await install(folder, 'vitest', tarball);
  const said = await run(nodeOf('24'), ['node_modules/vitest/vitest.mjs', 'run', '--no-color'], { cwd: folder });
  expect(said).toMatch(/Tests\s+1 passed/);
});

test('the example is green in jest, which has require and names of its own', async () => {
  const code = example('vitest').replace(/^import .*vitest';$/m, '');
  const required = code.replace(
    "import { startSimulator } from 'dingtalk-simulator';",
    "const { startSimulator } = require('dingtalk-simulator');",
  );
  const folder = suite('jest', 'robot.test.js', required);
  await install(folder, 'jest', tarball);
  for (const version of ['20', '24']) {
    const said = await run(nodeOf(version), ['node_modules/jest/bin/jest.js'], { cwd: folder });
    expect(said, `on Node ${version}`).toMatch(/Tests:\s+1 passed/);
  }
});

test.runIf(judge('a suite in Python', 'python3', ['--version']))('a suite in Python starts it', async () => {
  const [, code = ''] = /### In other languages\n[\s\S]*?```python\n([\s\S]*?)```/.exec(document) ?? [];
  const folder = suite('python', 'suite.py', code);
  expect(await run('python3', ['suite.py'], { cwd: folder })).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
});

test('its types are there for a project without any others', async () => {
  const folder = suite('types', 'use.mts', USE);
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const args = [tsc, '--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--types', '', 'use.mts'];
  expect(await run(process.execPath, args, { cwd: folder })).toBe('');
});

const USE = `import { type Fixtures, type Settings, simulatedClient, startSimulator } from 'dingtalk-simulator';
const fixtures: Fixtures = { robots: [{ accessToken: 'mine', conversation: 'cidOps=' }] };
const simulator = await startSimulator({ port: 0, fixtures, settings: { qps: 3 } });
export const agent: string = simulatedClient('ios').userAgent + simulator.url;
// @ts-expect-error there is no such setting
export const wrong: Partial<Settings> = { qpss: 3 };
`;
