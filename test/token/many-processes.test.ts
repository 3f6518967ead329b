import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTokenTable, TABLE } from '../contracts/token-store-dynamodb.ts';
import { type Server, startServer } from '../lib/dingtalk/server.ts';

const PROCESSES = process.env.FLOOD ? 50 : 15;
/** Of all their clocks. */
const NOW = String(Date.now());
const folder = mkdtempSync(join(tmpdir(), 'dingdock-token-'));
const script = join(folder, 'get-token.mjs');

let table: Awaited<ReturnType<typeof startTokenTable>>;
let dingtalk: Server;
let processes: Awaited<ReturnType<typeof startProcess>>[];
const children: ChildProcess[] = [];
const hanging = Promise.withResolvers<void>();

const callsOf = (appKey: string) => dingtalk.calls.filter(({ json }) => json.appKey === appKey);

beforeAll(async () => {
  table = await startTokenTable();
  dingtalk = await startServer(({ json }) => {
    if (json.appKey === 'dies' && callsOf('dies').length === 1) {
      hanging.resolve();
      return 'hang';
    }
    return { body: { accessToken: `token-${callsOf(String(json.appKey)).length}`, expireIn: 7200 } };
  });
  await build({
    entryPoints: [join(import.meta.dirname, 'get-token.ts')],
    outfile: script,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  processes = await Promise.all(Array.from({ length: PROCESSES }, startProcess));
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await dingtalk.close();
  await table.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A process of its own, loaded and waiting; `ask` gives the token it got, or how it ended. */
async function startProcess() {
  const child = spawn(process.execPath, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      DYNAMODB_URL: table.url,
      DINGTALK_URL: dingtalk.url,
      TABLE,
      NOW,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      NODE_COMPILE_CACHE: join(folder, 'cache'),
    },
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const next = () => new Promise<string>((resolve) => lines.once('line', resolve));
  const gone = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`)),
  );
  expect(await Promise.race([next(), gone])).toBe('ready');
  const ask = (appKey: string) => {
    child.stdin.write(`${appKey}\n`);
    return Promise.race([next(), gone]);
  };
  return { child, ask, later: () => void child.stdin.write('later\n') };
}

test(`${PROCESSES} processes that start together on an empty table ask DingTalk for one token`, async () => {
  const tokens = await Promise.all(processes.map(({ ask }) => ask('lives')));
  expect(tokens).toEqual(Array.from({ length: PROCESSES }, () => 'token-1'));
  expect(callsOf('lives').map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /v1.0/oauth2/accessToken']);
});

test('when the one that asks is killed in mid-call, another asks and all the rest are served', async () => {
  const [holder, ...others] = processes;
  const lost = holder!.ask('dies');
  await hanging.promise;
  const waiting = Promise.all(others.map(({ ask }) => ask('dies')));
  holder!.child.kill('SIGKILL');
  expect(await lost).toBe('SIGKILL');
  for (const { later } of others) later();
  expect(await waiting).toEqual(Array.from({ length: PROCESSES - 1 }, () => 'token-2'));
  expect(callsOf('dies')).toHaveLength(2);
});
