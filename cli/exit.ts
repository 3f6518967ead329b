/** What a command's exit code says to a script. `doctor` has codes of its own, from 10 on (cli/commands/doctor/causes.ts). */
export const EXIT = {
  done: 0,
  /** It was tried, and did not happen: the output says why. */
  failed: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** No key, or one that nobody knows. */
  key: 3,
  /** The key, or the AWS credentials, may not do this. */
  notAllowed: 4,
  unreachable: 5,
  /** What was asked for is wrong: every fault is listed. */
  refused: 6,
  /** It was accepted, and its outcome is not known yet. */
  pending: 7,
  /** Too often: the same later. */
  tooOften: 8,
  interrupted: 130,
} as const;

/** A failure that ends the command with a code of its own. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: number;
  /** Stable, machine-readable. */
  readonly code: string;
  readonly remedy: string | undefined;
  /** Each fault of what was asked for, where there are several. */
  errors?: readonly unknown[] | undefined;

  constructor(exit: number, code: string, message: string, remedy?: string) {
    super(message);
    this.exit = exit;
    this.code = code;
    this.remedy = remedy;
  }
}

/** The command line cannot be understood. */
export class UsageError extends CliError {
  constructor(message: string) {
    super(EXIT.usage, 'usage', message);
  }
}
