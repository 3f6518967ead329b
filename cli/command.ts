import type { Io } from './terminal.ts';

export type Option = {
  type: 'string' | 'boolean';
  /** What stands for the value in the help: `<file>`. */
  value?: string;
  help: string;
};

/** What the command line gave. */
export type Given = {
  text(name: string): string | undefined;
  /** Whether an option without a value is set; `--no-x` turns `x` off. */
  flag(name: string): boolean;
  /** A comma separated value as a list. */
  list(name: string): string[] | undefined;
  /** @throws UsageError for a value that is no whole number from 1 on */
  figure(name: string): number | undefined;
  /** The first of what stands behind the command; empty where it takes none. */
  word: string;
  positionals: readonly string[];
};

export type Command = {
  /** One word or two: `keys create`. */
  name: string;
  /** What stands behind the name: `<name>` has to, `[name]` may, `[name...]` takes all the rest. */
  takes?: string;
  summary: string;
  options?: Record<string, Option>;
  /** It works with the template, the functions or the tools of the repository. */
  inRepository?: true;
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
  region: { type: 'string', value: '<name>', help: 'its region (AWS_REGION, else that of the AWS profile)' },
  'key-env': {
    type: 'string',
    value: '<name>',
    help: 'the variable that holds the API key (DINGDOCK_API_KEY); locally none is needed',
  },
  json: { type: 'boolean', help: 'answer with one JSON document' },
  'dry-run': { type: 'boolean', help: 'say what would be done, and do nothing' },
};
