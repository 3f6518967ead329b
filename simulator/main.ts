import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ControlFault } from './control/control-input.ts';
import { parseObject } from './json.ts';
import { type SimulatorOptions, startSimulator } from './server.ts';

const USAGE = `DingTalk on your desk: its HTTP API, a control API under /_sim, and a page.

  --port <n>             where it listens; 0 is any free port (3100, or SIMULATOR_PORT)
  --callback-url <url>   where events, robot messages and clicks go (CALLBACK_URL)
  --fixtures <file>      JSON: people, groups, apps, robots, settings, messages of your own
  --clock <time>         stands still at this time until POST /_sim/clock moves it: 2026-11-22T10:00:00+08:00
  --seed <text>          the same text gives the same ids, keys and tokens in the same order
  --help`;

/** The simulator alone. */
try {
  const options = readOptions();
  if (options === 'help') console.log(USAGE);
  else {
    const simulator = await startSimulator(options);
    console.log(`DingTalk simulator: ${simulator.url}`);
    const stop = () => void simulator.close();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  }
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}

function readOptions(): SimulatorOptions | 'help' {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'callback-url': { type: 'string' },
      fixtures: { type: 'string' },
      clock: { type: 'string' },
      seed: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const port = values.port ?? process.env.SIMULATOR_PORT ?? '3100';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new ControlFault(`--port ${port} is no port`, 'a number from 0 to 65535');
  const callbackUrl = values['callback-url'] ?? process.env.CALLBACK_URL;
  if (callbackUrl && !/^https?:\/\//.test(callbackUrl))
    throw new ControlFault(`--callback-url ${callbackUrl} is no address`, 'http://… or https://…');
  const fixtures = values.fixtures === undefined ? undefined : parseObject(readFileSync(values.fixtures, 'utf8'));
  if (values.fixtures !== undefined && !fixtures)
    throw new ControlFault(`${values.fixtures} is not a JSON object`, '{"people": […], "groups": […]}');
  const clock = values.clock === undefined ? undefined : Date.parse(values.clock);
  if (Number.isNaN(clock)) throw new ControlFault(`--clock ${values.clock} is no time`, '2026-11-22T10:00:00+08:00');
  return {
    port: Number(port),
    ...(callbackUrl ? { callbackUrl } : {}),
    ...(fixtures ? { fixtures } : {}),
    ...(clock === undefined ? {} : { clock }),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
  };
}

function explain(error: unknown): string {
  if (error instanceof ControlFault) return `${error.message}; expected ${error.expected}`;
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') return `${error.message}; choose another with --port`;
  return 'code' in error ? `${error.message}\n\n${USAGE}` : (error.stack ?? error.message);
}
