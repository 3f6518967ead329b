import { parseArgs } from 'node:util';
import { explain, optionsOf } from './options.ts';
import { startSimulator } from './server.ts';

const USAGE = `DingTalk on your desk: its HTTP API, a control API under /_sim, and a page.

  --port <n>             where it listens; 0 is any free port (3100, or SIMULATOR_PORT)
  --callback-url <url>   where events, robot messages and clicks go (CALLBACK_URL)
  --fixtures <file>      JSON: people, groups, apps, robots, settings, messages of your own
  --clock <time>         stands still at this time until POST /_sim/clock moves it: 2026-11-22T10:00:00+08:00
  --seed <text>          the same text gives the same ids, keys and tokens in the same order
  --allow-origin <url>   pages of this origin may call it too; otherwise only its own page (may be repeated)
  --help

SIMULATOR_WITHOUT=<id>,<id> switches refusals off, to see whether a test notices; GET /_sim/refusals lists them.`;

const text = { type: 'string' } as const;
const OPTIONS = {
  port: text,
  'callback-url': text,
  fixtures: text,
  clock: text,
  seed: text,
  'allow-origin': { ...text, multiple: true },
  help: { type: 'boolean' },
} as const;

/** The simulator alone: runs until it is told to end. Its exit code is 1 when it could not start. */
export async function commandLine(args: string[], env: Record<string, string | undefined>): Promise<void> {
  try {
    const { values } = parseArgs({ args, options: OPTIONS });
    if (values.help) return console.log(USAGE);
    const simulator = await startSimulator({
      ...optionsOf(values, env),
      allowOrigins: values['allow-origin'] ?? [],
    });
    console.log(`DingTalk simulator: ${simulator.url}`);
    const stop = () => void simulator.close();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  } catch (error) {
    console.error(explain(error) ?? error);
    // parseArgs' own: an option that there is not
    if (error instanceof TypeError) console.error(`\n${USAGE}`);
    process.exitCode = 1;
  }
}
