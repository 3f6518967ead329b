#!/usr/bin/env node
// Runs the command line on the Node that npm installed, whatever the machine has.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const args = process.argv.slice(2);
const node = path(`../node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`);

if (args.length === 1 && /^(--version|-V|version)$/.test(args[0] ?? '')) {
  console.log(JSON.parse(readFileSync(path('../package.json'), 'utf8')).version);
} else if (existsSync(node)) run();
else {
  console.error('Run `npm install` first.');
  process.exitCode = 1;
}

function run() {
  // loading takes half of the time of a short command, and less from the second time on
  const env = { NODE_COMPILE_CACHE: path('../node_modules/.cache/dingdock'), ...process.env };
  const child = spawn(node, [path('main.ts'), ...args], { stdio: 'inherit', env });
  // the command ends as it sees fit, and we with it
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`The command could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  // who dies of a signal before it can answer is interrupted: 128 and the number of the signal
  child.on('exit', (status, signal) => {
    process.exitCode = status ?? 128 + (signal === null ? 1 : constants.signals[signal]);
  });
}
