import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOST, PORTS, type Ports } from '../../stage/local-ports.ts';
import { stackPorts } from '../support/run.ts';

let folder: string;
let ports: Ports;
let child: ChildProcess;
let output: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dingdock-start-'));
  ports = stackPorts();
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** What `npm start` runs, on free ports. */
function start(env: Record<string, string> = {}) {
  const variables = Object.entries(ports).map(([name, port]) => [PORTS[name as keyof Ports].variable, String(port)]);
  child = spawn(process.execPath, ['local/start.ts'], {
    env: { ...process.env, ...Object.fromEntries(variables), LOCAL_DIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
}

const shows = (text: string) => expect.poll(() => output).toContain(text);

async function ends(signal: NodeJS.Signals) {
  child.kill(signal);
  return new Promise((resolve) => child.once('exit', resolve));
}

async function open() {
  const answers = await Promise.all(
    Object.values(ports).map(
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
}

/** Every process of this start has one of its ports on the command line. */
const processes = () =>
  execFileSync('ps', ['-A', '-o', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`--httpPort ${ports.api} `));

/** What is left; when stopping takes long, the program ends first and the functions a moment later. */
const left = async () => ({ open: await open(), processes: processes() });

test('starts, prints commands that work, and leaves nothing behind after Ctrl-C', async () => {
  start();
  await shows('Ready in');
  expect(await open()).toHaveLength(5);
  const [send = '', , share = ''] = output.split('\n').filter((line) => line.startsWith('  curl '));
  const answer = execFileSync('sh', ['-c', `${send} --silent`], { encoding: 'utf8' });
  expect(JSON.parse(answer)).toMatchObject({ status: 'sent' });
  execFileSync('sh', ['-c', `${share.replace('README.md', 'package.json')} --silent`]);

  expect(await ends('SIGINT')).toBe(0);
  await expect.poll(left).toEqual({ open: [], processes: [] });
  expect(readFileSync(join(folder, 'functions.log'), 'utf8')).toContain('send-message');
});

test.each(['SIGTERM', 'SIGHUP'] as const)('leaves nothing behind after %s in the middle of a start', async (signal) => {
  start();
  await shows('waiting for the API');
  expect(processes()).toHaveLength(1);
  expect(await ends(signal)).toBe(0);
  await expect.poll(left).toEqual({ open: [], processes: [] });
});

test('takes the functions along when it is killed', async () => {
  start();
  await shows('waiting for the API');
  await ends('SIGKILL');
  await expect.poll(() => processes()).toEqual([]);
});

test('ends with the reason when the functions end', async () => {
  start();
  await shows('Ready in');
  const [pid = ''] = execFileSync('ps', ['-A', '-o', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`--httpPort ${ports.api} `));
  process.kill(Number.parseInt(pid, 10), 'SIGKILL');
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect([code, await open()]).toEqual([1, []]);
  expect(output).toContain('serverless offline ended (SIGKILL)');
});

test('names a taken port before it starts anything', async () => {
  const other = createServer().listen(ports.simulator, HOST);
  start();
  const code = await new Promise((resolve) => child.once('exit', resolve));
  other.close();
  expect(code).toBe(1);
  expect(output).toContain(`Port ${ports.simulator} for the DingTalk simulator is in use`);
  expect(output).not.toMatch(/\n {4}at /);
});

test('refuses apps that are none', async () => {
  start({ DINGTALK_APPS: '[{"name":"x"}]' });
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
  expect(output).toContain('DINGTALK_APPS is not a JSON list of apps');
});
