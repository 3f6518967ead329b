import { cpSync, mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { desk } from '../../simulator/desk.ts';
import { judge } from '../../support/judge.ts';
import { folderIn, INSTALLS_MS, install, run, scratchFolder, start } from '../scratch.ts';
import { CLIENTS, type Client, GO, KUMA, NODE_CLIENTS, PYTHON_CLIENTS } from './clients.ts';

const here = desk();
const scratch = scratchFolder();
const drivers = 'test/all/simulator/clients';
const packagesOf = (clients: Client[]) => [...new Set(clients.flatMap(({ packages = [] }) => packages))];

type Line = { call?: string; gave?: unknown; failed?: string; heard?: string; text?: string };
type Program = { command: string; args: string[]; cwd: string; env?: Record<string, string> };

/** Runs a client through its calls and lets it hear what people and DingTalk say. */
async function tried({ calls, hears = {}, settings }: Client, { command, args, cwd, env = {} }: Program) {
  if (settings) await here.sim('POST', '/settings', settings);
  await here.sim('POST', '/robots', { accessToken: 'own', conversation: 'cidOps=' });
  const addresses = { SIMULATOR: here.url, DINGTALK_SIMULATOR: here.url, DINGTALK_OPENAPI_ENDPOINT: here.url };
  const running = start(command, args, { cwd, env: { ...addresses, ...env } });
  const lines = (): Line[] =>
    running.said.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const outcomes = () => lines().filter(({ call }) => call !== undefined);
  await expect
    .poll(() => (running.child.exitCode === null ? outcomes().length : running.said), { message: 'its calls' })
    .toSatisfy((made) => typeof made === 'string' || made === Object.keys(calls).length);
  expect(Object.fromEntries(outcomes().map(({ call, gave, failed }) => [call, failed ?? gave])), running.said).toEqual(
    calls,
  );
  const heard: Record<string, boolean> = {};
  if (Object.keys(hears).length > 0) {
    await expect.poll(() => here.sim('GET', '/streams')).toHaveLength(1);
    await here.sim('POST', '/settings', { stream: { deadlineMs: 2000 } });
    const said = await here.sim('POST', '/say', { from: 'lisi', text: '状态' });
    heard['robot message'] = said.delivered;
    await expect.poll(lines).toContainEqual({ heard: 'robot message', text: expect.stringContaining('状态') });
    if ('event' in hears) {
      const event = { EventType: 'user_add_org', UserId: ['lisi'] };
      heard.event = (await here.sim('POST', '/events', event)).delivered;
      await expect.poll(lines).toContainEqual({ heard: 'event', text: 'user_add_org' });
    }
  }
  expect(heard).toEqual(hears);
  if (running.child.exitCode === null) running.stop();
}

/** Whether packages could be had; where not, one line says so, and CI fails. */
async function had(what: string, bring: () => Promise<unknown>): Promise<boolean> {
  try {
    await bring();
    return true;
  } catch (error) {
    if (process.env.CI) throw error;
    writeSync(1, `skipped: ${what}: its packages could not be installed: ${String(error).slice(0, 300)}\n`);
    return false;
  }
}

describe('in Node', () => {
  const cwd = folderIn(scratch, 'node');
  const preload = pathToFileURL(resolve('simulator/preload.ts')).href;
  const kuma = process.env.UPTIME_KUMA;
  const clients = [...NODE_CLIENTS, ...(kuma === undefined ? [] : [KUMA])];
  if (kuma === undefined) writeSync(1, `skipped: ${KUMA.name}: UPTIME_KUMA names no checkout of it\n`);
  let there = false;

  beforeAll(async () => {
    writeFileSync(join(cwd, 'package.json'), '{ "private": true }');
    there = await had('clients in Node', () => install(cwd, '--legacy-peer-deps', ...packagesOf(clients)));
    cpSync(drivers, cwd, { recursive: true });
    if (there) await bundleSoimy(cwd);
    if (kuma === undefined) return;
    for (const file of ['dingding.js', 'notification-provider.js'])
      cpSync(join(kuma, 'server/notification-providers', file), join(cwd, 'kuma/server/notification-providers', file));
    mkdirSync(join(cwd, 'kuma/src'), { recursive: true });
    cpSync(join(kuma, 'src/util.js'), join(cwd, 'kuma/src/util.js'));
  }, INSTALLS_MS);

  test.each(clients)('$name', async (client) => {
    if (!there) return;
    const env = { UPTIME_KUMA: join(cwd, 'kuma') };
    await tried(client, { command: process.execPath, args: ['--import', preload, client.driver], cwd, env });
  });
});

/** A plugin of a program that is not here: of that it uses two functions, which send nothing. */
async function bundleSoimy(cwd: string): Promise<void> {
  const part = (name: string) => `./node_modules/@soimy/dingtalk/src/${name}`;
  const stub = join(cwd, 'host-program.mjs');
  writeFileSync(
    stub,
    'export const runFfmpeg = () => {}, runFfprobe = () => {}, createPluginRuntimeStore = () => ({});',
  );
  const contents = `export { getAccessToken } from '${part('auth')}';
    export { sendMessage, sendProactiveMedia } from '${part('send-service')}';
    export { createAICard, finishAICard, recallAICardMessage, streamAICard } from '${part('card-service')}';
    export { ConnectionManager } from '${part('connection-manager')}';
    export { DWClient } from 'dingtalk-stream';`;
  await build({
    stdin: { contents, resolveDir: cwd, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: join(cwd, 'soimy-plugin.mjs'),
    alias: { 'openclaw/plugin-sdk/media-runtime': stub, 'openclaw/plugin-sdk/runtime-store': stub },
    external: ['axios', 'dingtalk-stream', 'form-data', 'mammoth', 'pdf-parse', 'zod'],
  });
}

describe.runIf(judge('clients in Python', 'python3', ['--version']))('in Python', () => {
  const cwd = folderIn(scratch, 'python');
  const python = join(cwd, 'venv', process.platform === 'win32' ? 'Scripts/python' : 'bin/python');
  let there = false;

  beforeAll(async () => {
    there = await had('clients in Python', async () => {
      await run('python3', ['-m', 'venv', 'venv'], { cwd });
      await run(python, ['-m', 'pip', 'install', '--quiet', ...packagesOf(PYTHON_CLIENTS)], { cwd });
    });
  }, INSTALLS_MS);

  test.each(PYTHON_CLIENTS)('$name', async (client) => {
    if (!there) return;
    const env = { PYTHONPATH: resolve('simulator/python'), PYTHONIOENCODING: 'utf-8' };
    await tried(client, { command: python, args: [resolve(drivers, client.driver)], cwd, env });
  });
});

describe.runIf(judge('a client in Go', 'go', ['version']))('in Go', () => {
  test(GO.name, async () => {
    const cwd = folderIn(scratch, 'go');
    cpSync(join(drivers, GO.driver), join(cwd, 'main.go'));
    const there = await had(GO.name, async () => {
      await run('go', ['mod', 'init', 'bot'], { cwd });
      for (const name of packagesOf([GO])) await run('go', ['get', name], { cwd });
      await run('go', ['mod', 'tidy'], { cwd });
      await run('go', ['build', '-o', 'bot', '.'], { cwd });
    });
    if (there) await tried(GO, { command: join(cwd, 'bot'), args: [], cwd });
  });
});

test('the document has a row for each of them, with what was tried', () => {
  const document = readFileSync('docs/simulator.md', 'utf8');
  for (const { name, by, calls, hears = {}, note = '' } of CLIENTS) {
    const made = Object.keys(calls).join(', ') || '–';
    expect(document).toContain(
      `| ${[name, by, made, Object.keys(hears).join(', ') || '–', note].join(' | ').trim()} |`,
    );
  }
});
