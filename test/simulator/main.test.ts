import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { optionsOf } from 'dingtalk-simulator';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'simulator-main-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill();
  rmSync(folder, { recursive: true });
});

/** Starts the simulator as a person would, and resolves with what it said once it has said a line or ended. */
function run(...args: string[]): Promise<{ said: string; child: ChildProcess; code: number | null }> {
  const child = spawn(process.execPath, ['simulator/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return new Promise((resolve) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk;
      if (said.includes('DingTalk simulator: ')) resolve({ said, child, code: child.exitCode });
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.on('close', (code) => resolve({ said, child, code }));
  });
}

test('refusals to go without are named by the environment', () => {
  expect(optionsOf({}, { SIMULATOR_WITHOUT: 'robot.sign,card.exists' })).toMatchObject({
    settings: { without: ['robot.sign', 'card.exists'] },
  });
  expect(() => optionsOf({}, { SIMULATOR_WITHOUT: 'nothing' })).toThrow('there is no refusal nothing');
});

test('it runs alone with fixtures of one’s own, goes back to them on reset, and ends when told', async () => {
  const file = join(folder, 'world.json');
  const world = {
    people: [{ userId: 'zhaoliu', name: '赵六', mobile: '13800000009' }],
    groups: [{ openConversationId: 'cidMine=', title: '我的群', members: ['zhaoliu', 'lisi'] }],
    apps: [{ appKey: 'dingmine', appSecret: 'mine' }],
    robots: [{ accessToken: 'mine', conversation: 'cidMine=', keywords: ['告警'] }],
    settings: { qps: 5 },
    messages: [{ conversation: 'cidMine=', sender: 'zhaoliu', text: '早' }],
  };
  writeFileSync(file, JSON.stringify(world));
  const { said, child } = await run('--port', '0', '--callback-url', 'http://127.0.0.1:9', '--fixtures', file);
  const url = said.trim().split(' ').at(-1);
  const see = async () => (await fetch(`${url}/_sim/state`)).json();
  const expected = {
    callbackUrl: 'http://127.0.0.1:9',
    settings: { qps: 5 },
    people: expect.arrayContaining([expect.objectContaining({ userId: 'zhaoliu', unionId: 'union-zhaoliu' })]),
    messages: [{ conversationTitle: '我的群', via: 'person', text: '早' }],
  };
  expect(await see()).toMatchObject(expected);
  const body = JSON.stringify({ appKey: 'dingmine', appSecret: 'mine' });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${url}/v1.0/oauth2/accessToken`, { method: 'POST', headers, body })).status).toBe(200);
  await fetch(`${url}/_sim/reset`, { method: 'POST' });
  expect(await see()).toMatchObject(expected);
  child.kill('SIGTERM');
  await expect.poll(() => child.exitCode).toBe(0);
});

test.each([
  [['--port', 'x'], '--port x is no port; expected a number from 0 to 65535'],
  [['--callback-url', 'nowhere'], '--callback-url nowhere is no address; expected http://… or https://…'],
  [['--fixtures', '/nowhere.json'], 'no such file'],
  [['--fixtures', 'package.json', '--port', '0'], 'fixtures: unknown name'],
  [['--clock', 'noon'], '--clock noon is no time; expected 2026-11-22T10:00:00+08:00'],
  [['--nonsense'], '--callback-url <url>'],
])('%j is refused with what to do', async (args, words) => {
  const { said, code } = await run(...args);
  expect(said).toContain(words);
  expect(code).toBe(1);
});

test('--help says what there is', async () => {
  const { said, code } = await run('--help');
  expect([said, code]).toEqual([expect.stringContaining('--fixtures <file>'), 0]);
});
