import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = resolve('local/install.mjs');
/** Writes what npm would, a little later, and remembers that it was called. */
const NPM = `#!/bin/sh
echo "$@" >> calls
sleep 0.2
[ -f fail ] && exit 7
[ "$1" = ci ] && rm -rf node_modules
mkdir -p node_modules && touch -t 200001010000 node_modules/.package-lock.json
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dingdock-install-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'npm'), NPM);
  chmodSync(join(folder, 'bin', 'npm'), 0o755);
  writeFileSync(join(folder, 'package-lock.json'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const calls = () =>
  existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];

async function install(...args: string[]) {
  const PATH = [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    cwd: folder,
    env: { PATH, CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const code = await new Promise((done) => child.once('close', done));
  return { code, output };
}

test('installs into a fresh clone, says so, and then leaves it alone', async () => {
  const { code, output } = await install();
  expect([code, calls()]).toEqual([0, ['ci --loglevel=error --no-audit --no-fund']]);
  expect(output).toMatch(/^Installing packages.*\nPackages installed in \d+ s\.\n$/);
  expect(await install()).toEqual({ code: 0, output: '' });
  expect(calls()).toHaveLength(1);
});

test('installs again when the lock file is newer', async () => {
  await install();
  const later = new Date(Date.now() + 5_000);
  utimesSync(join(folder, 'package-lock.json'), later, later);
  await install();
  expect(calls()).toHaveLength(2);
});

test('passes the failure of npm on', async () => {
  writeFileSync(join(folder, 'fail'), '');
  const { code, output } = await install();
  expect([code, output]).toEqual([7, expect.stringContaining('npm ci failed')]);
});

test('lets one of two at once wait for the other', async () => {
  const both = await Promise.all([install(), install()]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(calls()).toHaveLength(1);
});

test('is not held up by an installation that was killed', async () => {
  mkdirSync(join(folder, '.local'));
  writeFileSync(join(folder, '.local', 'install.pid'), '999999999');
  expect((await install()).code).toBe(0);
});

test('to run it is enough without the tools of development, which come to it when they are needed, and stay', async () => {
  const start = () => install('--omit=dev');
  expect((await start()).code).toBe(0);
  expect(await start()).toEqual({ code: 0, output: '' });
  expect((await install()).code).toBe(0);
  expect(await start()).toEqual({ code: 0, output: '' });
  expect(await install()).toEqual({ code: 0, output: '' });
  const later = new Date(Date.now() + 5_000);
  utimesSync(join(folder, 'package-lock.json'), later, later);
  await start();
  const words = (...more: string[]) => [...more, '--loglevel=error', '--no-audit', '--no-fund'].join(' ');
  expect(calls()).toEqual([
    words('ci', '--omit=dev', '--legacy-peer-deps'),
    words('install', '--no-save'),
    words('ci'),
  ]);
});

test('without the tools a newer lock file brings none either', async () => {
  await install('--omit=dev');
  const later = new Date(Date.now() + 5_000);
  utimesSync(join(folder, 'package-lock.json'), later, later);
  await install('--omit=dev');
  expect(calls()).toEqual(Array(2).fill('ci --omit=dev --legacy-peer-deps --loglevel=error --no-audit --no-fund'));
});
