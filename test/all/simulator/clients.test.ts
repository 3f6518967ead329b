import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { desk } from '../../simulator/desk.ts';
import { judge } from '../../support/judge.ts';
import { bringKuma, callsOf, DRIVERS, had, hasKuma, KUMA_FOLDER, type Program, packagesOf } from '../programs.ts';
import { folderIn, INSTALLS_MS, install, run, scratchFolder } from '../scratch.ts';
import { CLIENTS, type Client, GO, KUMA, NODE_CLIENTS, PYTHON_CLIENTS } from './clients.ts';

const here = desk();
const scratch = scratchFolder();

/** Runs a client through its calls and lets it hear what people and DingTalk say. */
async function tried({ calls, hears = {}, settings }: Client, { command, args, cwd, env = {} }: Program) {
  if (settings) await here.sim('POST', '/settings', settings);
  await here.sim('POST', '/robots', { accessToken: 'own', conversation: 'cidOps=' });
  const addresses = { SIMULATOR: here.url, DINGTALK_SIMULATOR: here.url, DINGTALK_OPENAPI_ENDPOINT: here.url };
  const { running, lines } = await callsOf(calls, { command, args, cwd, env: { ...addresses, ...env } });
  const heard: Record<string, boolean> = {};
  if (Object.keys(hears).length > 0) {
    await expect.poll(() => here.sim('GET', '/streams')).toHaveLength(1);
    // who answers may take its time, and who never does is not waited for
    const waitFor = (what: string) =>
      here.sim('POST', '/settings', { stream: { deadlineMs: hears[what] ? 60_000 : 2_000 } });
    await waitFor('robot message');
    const said = await here.sim('POST', '/say', { from: 'lisi', text: '状态' });
    heard['robot message'] = said.delivered;
    await expect.poll(lines).toContainEqual({ heard: 'robot message', text: expect.stringContaining('状态') });
    if ('event' in hears) {
      await waitFor('event');
      const event = { EventType: 'user_add_org', UserId: ['lisi'] };
      heard.event = (await here.sim('POST', '/events', event)).delivered;
      await expect.poll(lines).toContainEqual({ heard: 'event', text: 'user_add_org' });
    }
  }
  expect(heard).toEqual(hears);
  if (running.child.exitCode === null) running.stop();
}

describe('in Node', () => {
  const cwd = folderIn(scratch, 'node');
  const preload = pathToFileURL(resolve('simulator/preload.ts')).href;
  const clients = [...NODE_CLIENTS, ...(hasKuma() ? [KUMA] : [])];
  let there = false;

  beforeAll(async () => {
    writeFileSync(join(cwd, 'package.json'), '{ "private": true }');
    there = await had('clients in Node', () => install(cwd, '--legacy-peer-deps', ...packagesOf(clients)));
    cpSync(DRIVERS, cwd, { recursive: true });
    if (there) await bundleSoimy(cwd);
    if (clients.includes(KUMA)) bringKuma(cwd);
  }, INSTALLS_MS);

  test.each(clients)('$name', async (client) => {
    if (!there) return;
    const env = { UPTIME_KUMA: join(cwd, KUMA_FOLDER) };
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
    await tried(client, { command: python, args: [resolve(DRIVERS, client.driver)], cwd, env });
  });
});

describe.runIf(judge('a client in Go', 'go', ['version']))('in Go', () => {
  test(GO.name, async () => {
    const cwd = folderIn(scratch, 'go');
    cpSync(join(DRIVERS, GO.driver), join(cwd, 'main.go'));
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
