#!/usr/bin/env node
// Runs the command line on the Node that npm installed, whatever the machine has.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const { status, error } = spawnSync(path('../node_modules/.bin/node'), [path('main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
if (error) console.error('Run `npm install` first.');
process.exitCode = status ?? 1;
