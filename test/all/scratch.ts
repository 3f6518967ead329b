import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

/** A folder for what a file of tests installs, far from the repository; it goes away with the file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dingtalk-simulator-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder in the scratch folder. */
export function folderIn(scratch: string, name: string): string {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The environment of somebody's own project: npm tells its children where the repository is. */
const outside = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS|NODE_PATH|VITEST|TEST$|INIT_CWD)/.test(name)),
);

type Where = { cwd: string; env?: Record<string, string> };

/** Runs a program to its end and gives what it said. */
export async function run(command: string, args: string[], { cwd, env = {} }: Where): Promise<string> {
  try {
    const options = { cwd, env: { ...outside, ...env }, maxBuffer: 64_000_000 };
    const { stdout, stderr } = await promisify(execFile)(command, args, options);
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** Starts a program that stays; what it says is gathered, and it ends with the file of tests at the latest. */
export function start(command: string, args: string[], { cwd, env = {} }: Where) {
  const child = spawn(command, args, { cwd, env: { ...outside, ...env }, detached: true });
  const stop = () => child.exitCode ?? (child.pid && process.kill(-child.pid, 'SIGTERM'));
  /** `over`: it ended, and all that it said was heard. */
  const running = { said: '', over: false, stop, child };
  const hear = (chunk: Buffer) => {
    running.said += chunk;
  };
  child.once('close', () => {
    running.over = true;
  });
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.on('error', (error) => {
    running.said += error.message;
  });
  afterAll(() => {
    if (child.exitCode === null && child.signalCode === null) running.stop();
  });
  return running;
}

/** For a hook that installs: how long a registry takes proves nothing. */
export const INSTALLS_MS = 900_000;

/** npm install of these packages. */
export function install(folder: string, ...packages: string[]): Promise<string> {
  return run('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder });
}
