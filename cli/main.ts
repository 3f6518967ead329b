// `dingdock …`: for whoever sends by hand and whoever operates it.
import { existsSync } from 'node:fs';
import { commandsFor } from './commands.ts';
import { flagsOf, run } from './run.ts';
import { terminalIo } from './terminal.ts';

if (existsSync('.env')) process.loadEnvFile('.env');
const args = process.argv.slice(2);
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
// `dingdock tail | head` closes the pipe
process.stdout.on('error', () => process.exit(0));
const io = terminalIo(process, process.env, interrupted.signal, flagsOf(args));
process.exitCode = await run(await commandsFor(args), args, io);
