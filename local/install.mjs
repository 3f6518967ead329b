// Installs what is missing before `npm start` and `npm test`. Runs on the machine's own Node, without any package.
// With --omit=dev it is what the local stack and the command line need: without compilers and browsers.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const root = process.cwd();
const installed = join(root, 'node_modules', '.package-lock.json');
const withoutTools = join(root, 'node_modules', '.without-dev');
const omit = process.argv.includes('--omit=dev');
const lock = join(root, '.local', 'install.pid');

if (isStale()) process.exitCode = await alone(install);

function isStale() {
  return isOlder() || (!omit && existsSync(withoutTools));
}

function isOlder() {
  if (!existsSync(installed)) return true;
  return statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs;
}

function install() {
  if (!isStale()) return 0; // somebody else did it while we waited
  // peers that nobody needs to run are compilers
  // who has the tools keeps them; and tools come to what is there without taking it away, since it may be running
  const less = omit && (!existsSync(installed) || existsSync(withoutTools));
  const words = isOlder() ? ['ci', ...(less ? ['--omit=dev', '--legacy-peer-deps'] : [])] : ['install', '--no-save'];
  console.log(`Installing packages (npm ${words.join(' ')}); the first time takes a minute or two …`);
  const started = Date.now();
  const npm = spawn('npm', [...words, '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  // npm draws its own progress, but only on a terminal.
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const heartbeat = process.stderr.isTTY ? undefined : setInterval(() => console.log(`… ${seconds()} s`), 10_000);
  return new Promise((resolve) => {
    const finish = (code, text) => {
      clearInterval(heartbeat);
      console.log(text);
      resolve(code);
    };
    npm.once('error', (error) => finish(1, `npm could not be started: ${error.message}`));
    npm.once('close', (code) => {
      if (code !== 0) return finish(code ?? 1, `npm ${words[0]} failed; its message is above.`);
      if (existsSync(installed)) utimesSync(installed, new Date(), new Date());
      if (less) writeFileSync(withoutTools, '');
      else rmSync(withoutTools, { force: true });
      finish(0, `Packages installed in ${seconds()} s.`);
    });
  });
}

/** Two `npm ci` at once in one folder would delete each other's work. */
async function alone(work) {
  mkdirSync(join(root, '.local'), { recursive: true });
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    if (!waited) console.log('Another installation is running here; waiting for it …');
    if (!isAlive(lock)) rmSync(lock, { force: true });
    else await delay(300);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAlive(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
