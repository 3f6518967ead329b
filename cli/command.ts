import { parseArgs } from 'node:util';
import type { Io } from './terminal.ts';
import { UsageError } from './usage.ts';

export type Option = {
  type: 'string' | 'boolean';
  /** What stands for the value in the help: `<file>`. */
  value?: string;
  help: string;
};

/** What the command line gave. */
export type Given = {
  text(name: string): string | undefined;
  flag(name: string): boolean;
  /** A comma separated value as a list. */
  list(name: string): string[] | undefined;
  positionals: string[];
  /** The command's own words, unparsed. */
  args: string[];
};

export type Command = {
  /** One word or two: `keys create`. */
  name: string;
  /** What stands behind the name: `<name>`. */
  takes?: string;
  summary: string;
  options?: Record<string, Option>;
  examples: string[];
  /** @returns the exit code (cli/exit.ts) */
  run(io: Io, given: Given): Promise<number>;
};

/** Options that every command takes. */
export const COMMON: Record<string, Option> = {
  stage: {
    type: 'string',
    value: '<name>',
    help: 'a deployed stage, with the AWS credentials of this shell; else the local stack',
  },
  region: { type: 'string', value: '<name>', help: 'its region (AWS_REGION, else us-east-1)' },
  key: { type: 'string', value: '<key>', help: 'the API key (DINGDOCK_API_KEY); locally `local`' },
  json: { type: 'boolean', help: 'answer with one JSON document' },
  'dry-run': { type: 'boolean', help: 'say what would be done, and do nothing' },
  help: { type: 'boolean', help: 'this' },
};

/** @throws UsageError for an option that the command does not take. */
export function parse(command: Command | undefined, args: string[]): Given {
  const known = { ...COMMON, ...command?.options };
  const options = Object.fromEntries(Object.entries(known).map(([name, { type }]) => [name, { type }]));
  const { values, positionals } = read(args, options);
  const text = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    text,
    flag: (name) => values[name] === true,
    list: (name) =>
      text(name)
        ?.split(',')
        .map((each) => each.trim())
        .filter(Boolean),
    positionals,
    args,
  };
}

function read(args: string[], options: Record<string, { type: 'string' | 'boolean' }>) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
