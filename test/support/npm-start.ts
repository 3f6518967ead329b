import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { HOST, PORTS, type Ports } from '../../stage/local-ports.ts';
import { stackPorts } from './run.ts';

/** What `npm start` runs, for each test in an empty folder and on free ports. */
export function npmStart() {
  const each = {} as { folder: string; ports: Ports; child?: ChildProcess; output: string };
  beforeEach(() => {
    each.folder = mkdtempSync(join(tmpdir(), 'dingdock-start-'));
    each.ports = stackPorts();
  });
  afterEach(() => {
    each.child?.kill('SIGKILL');
    rmSync(each.folder, { recursive: true, force: true });
  });

  const open = async () => {
    const answers = await Promise.all(
      Object.values(each.ports).map(
        (port) =>
          new Promise<number[]>((resolve) => {
            const socket = connect(port, HOST);
            socket.once('connect', () => resolve([port]));
            socket.once('error', () => resolve([]));
            socket.once('close', () => socket.destroy());
          }),
      ),
    );
    return answers.flat();
  };
  /** Every process of this start has one of its ports on the command line. */
  const processes = () =>
    execFileSync('ps', ['-A', '-o', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(`--httpPort ${each.ports.api} `));
  const ended = () => new Promise((resolve) => each.child?.once('exit', resolve));

  return {
    /** Its folder, ports, process and output. */
    each,
    start(env: Record<string, string> = {}, args: string[] = []) {
      const ports = Object.entries(each.ports);
      const variables = ports.map(([name, port]) => [PORTS[name as keyof Ports].variable, String(port)]);
      const child = spawn(process.execPath, ['local/start.ts', ...args], {
        env: { ...process.env, ...Object.fromEntries(variables), LOCAL_DIR: each.folder, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      each.child = child;
      each.output = '';
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (each.output += text));
    },
    shows: (text: string) => expect.poll(() => each.output).toContain(text),
    /** Its exit code, when it has ended by itself. */
    ended,
    ends(signal: NodeJS.Signals) {
      each.child?.kill(signal);
      return ended();
    },
    open,
    processes,
    /** What is left; when stopping takes long, the program ends first and the functions a moment later. */
    left: async () => ({ open: await open(), processes: processes() }),
  };
}
