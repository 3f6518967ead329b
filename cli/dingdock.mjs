#!/usr/bin/env node
// Runs the command line on the Node that npm installed, whatever the machine has.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const child = spawn(path('../node_modules/.bin/node'), [path('main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// the command ends as it sees fit, and we with it
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
child.on('error', () => {
  console.error('Run `npm install` first.');
  process.exitCode = 1;
});
child.on('exit', (status) => {
  process.exitCode = status ?? 1;
});
