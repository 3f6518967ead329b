export type Env = Record<string, string | undefined>;

/** Everything a command has of the outside. */
export type Io = {
  env: Env;
  now: () => number;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** The answer is for a program: one JSON document on stdout, nothing else. */
  json: boolean;
  /** Say what would be done, and do nothing. */
  dryRun: boolean;
  /** The outcome of a command: `value` with --json, else these lines. */
  answer(value: unknown, ...lines: string[]): void;
  /** The same for what went wrong, on stderr where it is for people. */
  complain(value: unknown, ...lines: string[]): void;
  /** A line for people; nothing with --json. */
  say(line: string): void;
  /** Overwrites the last line of a terminal; nothing where stderr is none. */
  progress(line: string): void;
  /** Asks the person at the terminal; undefined where there is none. */
  ask(question: string, hidden?: boolean): Promise<string | undefined>;
  style: Style;
};

export type Style = Record<'good' | 'bad' | 'warn' | 'dim' | 'bold', (text: string) => string>;

const CODES = { good: 32, bad: 31, warn: 33, dim: 2, bold: 1 } as const;

/** Colours, on a terminal only and never under NO_COLOR (no-color.org). */
export function styleFor(env: Env, terminal: boolean): Style {
  const on = terminal && !env.NO_COLOR && env.TERM !== 'dumb';
  const paint = (code: number) => (text: string) => (on ? `\u001b[${code}m${text}\u001b[0m` : text);
  const { good, bad, warn, dim, bold } = CODES;
  return { good: paint(good), bad: paint(bad), warn: paint(warn), dim: paint(dim), bold: paint(bold) };
}

type Streams = { stdin: NodeJS.ReadStream; stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream };

/** The real terminal. */
export function terminalIo(
  streams: Streams,
  env: Env,
  signal: AbortSignal,
  flags: { json: boolean; dryRun: boolean },
): Io {
  const { stdin, stdout, stderr } = streams;
  const live = Boolean(stderr.isTTY) && !flags.json;
  let onLine = false;
  const clear = () => {
    if (onLine) stderr.write('\r\u001b[K');
    onLine = false;
  };
  const print = (line: string) => {
    clear();
    stdout.write(`${line}\n`);
  };
  return {
    env,
    now: Date.now,
    signal,
    ...flags,
    style: styleFor(env, Boolean(stdout.isTTY) && Boolean(stderr.isTTY) && !flags.json),
    answer(value, ...lines) {
      if (flags.json) print(JSON.stringify(value, undefined, 2));
      else for (const line of lines) print(line);
    },
    complain(value, ...lines) {
      clear();
      if (flags.json) print(JSON.stringify(value, undefined, 2));
      else for (const line of lines) stderr.write(`${line}\n`);
    },
    say: (line) => (flags.json ? undefined : print(line)),
    progress(line) {
      if (!live) return;
      stderr.write(`\r\u001b[K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
      onLine = true;
    },
    async ask(question, hidden = false) {
      if (!stdin.isTTY || flags.json) return undefined;
      clear();
      const { default: prompt } = await (hidden ? import('@inquirer/password') : import('@inquirer/input'));
      return prompt({ message: question }, { input: stdin, output: stderr, signal });
    },
  };
}
