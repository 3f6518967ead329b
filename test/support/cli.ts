import { commandsFor } from '../../cli/commands.ts';
import { flagsOf, run } from '../../cli/run.ts';
import { type Env, type Io, styleFor } from '../../cli/terminal.ts';

type Over = {
  env?: Env;
  now?: () => number;
  signal?: AbortSignal;
  ask?: Io['ask'];
  onProgress?: (line: string) => void;
};

/** Runs one command line in this process, on a terminal of paper. `json` is its answer under --json. */
export async function runCli(env: Env, args: string[], over: Over = {}) {
  const lines: string[] = [];
  const values: unknown[] = [];
  const progress: string[] = [];
  const flags = flagsOf(args);
  const take = (value: unknown, ...words: string[]) => {
    values.push(JSON.parse(JSON.stringify(value)));
    lines.push(...words);
  };
  const io: Io = {
    env: { ...env, ...over.env },
    now: over.now ?? Date.now,
    signal: over.signal ?? new AbortController().signal,
    ...flags,
    style: styleFor({}, false),
    answer: take,
    complain: take,
    say: (line) => void lines.push(line),
    progress(line) {
      progress.push(line);
      over.onProgress?.(line);
    },
    ask: over.ask ?? (async () => undefined),
  };
  const code = await run(await commandsFor(args), args, io);
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into it with expect
  const json: any = values.at(-1);
  return { code, text: lines.join('\n'), json, progress };
}

/** `dingdock …` against a running stack, and the environment in which the command line finds it. */
export function cliOf(urls: Record<'api' | 'aws' | 'dynamodb' | 'simulator', string>) {
  const port = (url: string) => new URL(url).port;
  const env = {
    API_PORT: port(urls.api),
    AWS_EMULATOR_PORT: port(urls.aws),
    DYNAMODB_PORT: port(urls.dynamodb),
    SIMULATOR_PORT: port(urls.simulator),
  };
  return { env, dingdock: (args: string[], over: Over = {}) => runCli(env, args, over) };
}
