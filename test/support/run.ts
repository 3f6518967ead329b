import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const RUNS = join('.local', 'test');
/** A stack has five ports; so many stacks can a run start. */
const PORTS_OF_A_STACK = 5;
const STACKS = 199;

/** The folder of this run: two runs in one checkout have each their own. */
const folder = () => join(RUNS, process.env.TEST_RUN ?? 'none');

/** What the whole run leaves to the tests that come after: they look at all that happened. */
export const RUN_FILES = [
  'functions.log',
  'bus.ndjson',
  'tests.log',
  'tokens.txt',
  'names.txt',
  'aws-calls.ndjson',
] as const;
type RunFile = (typeof RUN_FILES)[number];

/** Begins a run in the process that starts the tests. Folders of runs that have ended are cleared away. */
export async function beginRun(): Promise<void> {
  mkdirSync(RUNS, { recursive: true });
  for (const run of readdirSync(RUNS)) if (!isAlive(run)) rmSync(join(RUNS, run), { recursive: true, force: true });
  process.env.TEST_RUN = String(process.pid);
  process.env.TEST_PORTS = String(await claimRange());
  // what one stack compiled, the next need not: loading takes a third of the time of those that come after
  process.env.NODE_COMPILE_CACHE = resolve(folder(), 'compiled');
  rmSync(folder(), { recursive: true, force: true });
  mkdirSync(join(folder(), 'stacks'), { recursive: true });
  for (const file of RUN_FILES) writeFileSync(join(folder(), file), '');
}

/** Adds a line. */
export function keep(file: RunFile, line: string): void {
  appendFileSync(join(folder(), file), line.endsWith('\n') ? line : `${line}\n`);
}

/** What was kept up to now. */
export function kept(file: RunFile): string {
  return readFileSync(join(folder(), file), 'utf8');
}

/**
 * Ports for one stack, which no other stack of any run has. A port that the system gives is free only until something
 * listens there, and a stack takes seconds for that: these are below those that systems give.
 */
export function stackPorts() {
  const base = Number(process.env.TEST_PORTS) + 1;
  for (let stack = 0; stack < STACKS; stack += 1) {
    if (!taken(stack)) continue;
    const [api, simulator, aws, dynamodb, lambda] = [0, 1, 2, 3, 4].map((n) => base + stack * PORTS_OF_A_STACK + n);
    return { api: api!, simulator: simulator!, aws: aws!, dynamodb: dynamodb!, lambda: lambda! };
  }
  throw new Error(`more than ${STACKS} stacks in one run`);
}

/** Whether this number was nobody's yet, and is ours now. */
const taken = (stack: number) => claimed(join('stacks', String(stack)));

/** Whether this folder of the run is ours, since nobody had made it. */
function claimed(name: string): boolean {
  try {
    mkdirSync(join(folder(), name));
    return true;
  } catch {
    return false;
  }
}

/** A folder that the first who needs it fills; the others wait until it is whole. */
export async function onceInRun(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const made = resolve(folder(), name);
  const whole = `${made}.whole`;
  while (!existsSync(whole)) {
    if (!claimed(name)) {
      await delay(50);
      continue;
    }
    try {
      await fill(made);
      writeFileSync(whole, '');
    } catch (error) {
      rmSync(made, { recursive: true, force: true });
      throw error;
    }
  }
  return made;
}

/** The first port of a range that is this run's as long as it lives: it listens there, so no other run can. */
async function claimRange(): Promise<number> {
  for (let base = 11_000; base < 32_000; base += 1_000) {
    const server = createServer().unref();
    const listens = new Promise<boolean>((resolve) => {
      server.once('listening', () => resolve(true));
      server.once('error', () => resolve(false));
    });
    server.listen(base, '127.0.0.1');
    if (await listens) return base;
  }
  throw new Error('no free range of ports: too many runs at once');
}

function isAlive(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}
