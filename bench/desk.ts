import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { startSimulator } from 'dingtalk-simulator';
import { chromium as playwright } from 'playwright-core';
import * as v from 'valibot';
import { buildSimulator } from '../local/packages/simulator.ts';
import { startStack } from '../local/stack.ts';
import { root } from './packaged.ts';
import { type Row, row } from './row.ts';

const RUNS = 5;
const ANY_PORT = { api: 0, simulator: 0, aws: 0, dynamodb: 0, lambda: 0 };
const MESSAGES = 10_000;
const FILE_BYTES = 15_000_000;

const Said = v.array(v.object({ file: v.optional(v.object({ fileName: v.string() })) }));

/** How long somebody at a desk waits: for the stack and its end, a file in the group, and the simulator's page. */
export async function run(): Promise<Row[]> {
  const [ready, shared, stopped, opened]: [number[], number[], number[], number[]] = [[], [], [], []];
  const alone: number[] = [];
  const built = mkdtempSync(join(tmpdir(), 'dingtalk-simulator-'));
  await buildSimulator(root, built);
  for (let count = 0; count < RUNS; count += 1) {
    const stateDir = mkdtempSync(join(tmpdir(), 'dingdock-bench-'));
    const began = performance.now();
    const stack = await startStack({ ports: ANY_PORT, stateDir });
    ready.push(performance.now() - began);
    shared.push(await shareTime(stack.urls.aws, `${stack.urls.simulator}`));
    const ending = performance.now();
    await stack.stop();
    stopped.push(performance.now() - ending);
    rmSync(stateDir, { recursive: true, force: true });
    opened.push(await openTime());
    alone.push(await aloneTime(join(built, 'command.cjs')));
  }
  rmSync(built, { recursive: true });
  const about = (name: string, goal: string) => ({ bench: 'desk', name: `desk: ${name}`, unit: 'ms', goal }) as const;
  return [
    row(about('start of the local stack', '≤ 15000'), ready),
    row(about('its end', '≤ 3000'), stopped),
    row(about(`file of ${FILE_BYTES / 1e6} MB, from its put to the group`, '≤ 5000'), shared),
    row(about(`simulator's page with ${MESSAGES} messages`, '≤ 1000'), opened),
    row(about("start of the simulator's package", '≤ 2000'), alone),
  ];
}

/** From the first byte to the bucket until the group has the file. */
async function shareTime(aws: string, simulator: string): Promise<number> {
  const began = performance.now();
  await fetch(`${aws}/uploads/share/project/desk.pdf`, { method: 'PUT', body: Buffer.alloc(FILE_BYTES, 1) });
  for (;;) {
    const said = await (await fetch(`${simulator}/_sim/messages?conversation=cidProject%3D`)).json();
    if (v.parse(Said, said).some(({ file }) => file?.fileName === 'desk.pdf')) return performance.now() - began;
  }
}

/** From the start of the packed program until it names its address. */
async function aloneTime(command: string): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [command, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const took = performance.now() - began;
  child.kill();
  await once(child, 'exit');
  return took;
}

/** By the page's own clock, which begins with the navigation, until the newest message is shown. */
async function openTime(): Promise<number> {
  const messages = Array.from({ length: MESSAGES }, (_, n) => ({
    conversation: 'cidOps=',
    sender: 'dingdock',
    text: `第 ${n} 条 message`,
  }));
  const simulator = await startSimulator({ port: 0, fixtures: { messages } });
  const executablePath = await chromium.executablePath();
  // in a single process the browser ends with its first page
  const args = chromium.args.filter((arg) => arg !== '--single-process');
  const browser = await playwright.launch({ executablePath, args, headless: true });
  try {
    const page = await browser.newPage();
    await page.goto(simulator.url);
    await page.locator('#board article').last().waitFor();
    return await page.evaluate<number>('performance.now()');
  } finally {
    await browser.close();
    await simulator.close();
  }
}
