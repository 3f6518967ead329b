import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
function start(env: Record<string, string> = {}, args: string[] = []) {
  const variables = Object.entries(ports).map(([name, port]) => [PORTS[name as keyof Ports].variable, String(port)]);
  child = spawn(process.execPath, ['local/start.ts', ...args], {
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

/** The process of a part, or of the functions. */
function processOf(part: string): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  const ours = lines.filter((line) => Number(line.trim().split(/ +/)[1]) === child.pid);
  const found = ours.find((line) => line.includes(`parts/process.ts ${part}`) || line.includes(`${part} start`));
  return Number(found?.trim().split(/ +/)[0]);
}

const api = (method: string, path: string, body?: object) =>
  fetch(`http://${HOST}:${ports.api}${path}`, {
    method,
    headers: { authorization: 'Bearer local', 'content-type': 'application/json', prefer: 'wait=20' },
    ...(body && { body: JSON.stringify(body) }),
  });
const sent = async (text: string) =>
  (await (await api('POST', '/messages', { to: 'project', text })).json()) as { id: string; status: string };
const texts = async () => {
  const messages = (await (await fetch(`http://${HOST}:${ports.simulator}/_sim/messages`)).json()) as {
    text: string;
  }[];
  return messages.map(({ text }) => text);
};
const statusOf = async (id: string) => (await api('GET', `/messages/${id}`).catch(() => undefined))?.status;

test('goes on with what it had after parts were killed, after a Ctrl-C amid requests, and anew with --fresh', async () => {
  start();
  await shows('Ready in');
  const { id } = await sent('一');
  for (const part of ['dynamodb', 'aws', 'simulator', 'offline']) {
    await expect.poll(texts).toContain('一');
    await expect.poll(() => readdirSync(join(folder, 'kept', 'simulator'))).toContain('state');
    const killed = processOf(part);
    process.kill(killed, 'SIGKILL');
    await expect.poll(() => processOf(part)).not.toBe(killed);
    await expect.poll(() => statusOf(id)).toBe(200);
  }
  await expect.poll(() => output.match(/starting it again/g)?.length).toBe(4);
  await expect.poll(() => sent('二').catch(() => undefined)).toMatchObject({ status: 'sent' });

  const before = output.length;
  const requests = Array.from({ length: 20 }, () => sent('三').catch(() => undefined));
  await expect.poll(texts).toContain('三');
  expect(await ends('SIGINT')).toBe(0);
  expect(output.slice(before).trim()).toMatch(/^(→ bus: .*\n)*Stopping …$/);
  await Promise.all(requests);
  await expect.poll(left).toEqual({ open: [], processes: [] });

  start();
  await shows('Ready in');
  expect(await statusOf(id)).toBe(200);
  expect(await texts()).toEqual(expect.arrayContaining(['一', '二', '三']));
  expect(await ends('SIGINT')).toBe(0);

  start({}, ['--fresh']);
  await shows('Ready in');
  expect(await statusOf(id)).toBe(404);
  expect(await texts()).toEqual([]);
  expect(await ends('SIGINT')).toBe(0);
});

test('says how to begin anew when what was kept has other tables', async () => {
  mkdirSync(join(folder, 'kept'));
  writeFileSync(join(folder, 'kept', 'tables.json'), '[]');
  start();
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
  expect(output).toContain('npm start -- --fresh');
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
