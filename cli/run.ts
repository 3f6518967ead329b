import { CommanderError } from 'commander';
import { defined } from '../lib/base/defined.ts';
import { InvalidInput, ServiceError } from '../lib/base/errors.ts';
import { LocalProblem } from '../stage/local-ports.ts';
import type { Command } from './command.ts';
import { CliError, EXIT, UsageError } from './exit.ts';
import { programOf } from './program.ts';
import { needRepository } from './repository.ts';
import { withStage } from './stage/with-stage.ts';
import type { Io } from './terminal.ts';

/** Whether the answer is for a program, and whether nothing shall be done: known before a command is. */
export function flagsOf(args: readonly string[]): { json: boolean; dryRun: boolean } {
  const own = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);
  return { json: own.includes('--json'), dryRun: own.includes('--dry-run') };
}

/** Runs one command line. @returns the exit code */
export async function run(commands: readonly Command[], args: string[], io: Io): Promise<number> {
  try {
    return await dispatch(commands, args, io);
  } catch (error) {
    const { exit, code, message, remedy, errors } = explain(io, error);
    // each fault says in words what to do
    const hint = remedy === undefined || errors ? [] : [`  ${remedy}`];
    const lines = [`${io.style.bad('✗')} ${message}`, ...hint];
    io.complain({ error: defined({ code, message, remedy, errors }) }, ...lines);
    return exit;
  }
}

async function dispatch(commands: readonly Command[], args: string[], io: Io): Promise<number> {
  let exit: number = EXIT.done;
  let printed = '';
  const program = programOf(
    commands,
    (text) => {
      printed += text;
    },
    async (command, given) => {
      if (command.inRepository) needRepository(`dingdock ${command.name}`);
      exit = await command.run(await withStage(io, given), given);
    },
  );
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const help = printed.trimEnd();
    // commander's own words for "the help was asked for" and "a topic needs a verb"
    if (error.exitCode !== 0)
      throw new UsageError(help === '' ? `${error.message.replace(/^error: /, '')}; ${HELP}` : help);
    io.answer({ help }, help);
  }
  return exit;
}

const HELP = 'dingdock --help lists the commands, dingdock <command> --help what one takes';

type Explained = {
  exit: number;
  code: string;
  message: string;
  remedy?: string | undefined;
  errors?: readonly unknown[] | undefined;
};

function explain({ signal }: Io, error: unknown): Explained {
  if (error instanceof CliError) return error;
  // the name of what a prompt throws at Ctrl-C
  if (signal.aborted || (error instanceof Error && error.name === 'ExitPromptError'))
    return { exit: EXIT.interrupted, code: 'interrupted', message: 'interrupted' };
  if (error instanceof LocalProblem) return { exit: EXIT.usage, code: 'local_problem', message: error.message };
  if (error instanceof InvalidInput) {
    const faults = error.faults.map(({ message }) => message).join('; ');
    return { exit: EXIT.refused, code: error.code, message: faults || error.message, errors: error.faults };
  }
  if (error instanceof ServiceError)
    return { exit: EXIT.failed, code: error.code, message: error.message, remedy: error.remedy };
  return awsFault(error);
}

/** AWS's own words, by the names of its errors. */
function awsFault(error: unknown): Explained {
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: String(error) };
  const code = error instanceof Error && 'code' in error ? String(error.code) : name;
  if (/Credentials|ExpiredToken|InvalidClientTokenId|UnrecognizedClient/.test(name)) {
    const remedy =
      'Sign in to AWS in this shell (aws sso login, or AWS_PROFILE), or leave --stage out for the local stack.';
    return { exit: EXIT.key, code: name, message: `AWS does not know these credentials (${name})`, remedy };
  }
  if (/AccessDenied|NotAuthorized/.test(name))
    return { exit: EXIT.notAllowed, code: name, message, remedy: 'These AWS credentials may not do this.' };
  if (/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|UND_ERR/.test(code)) {
    const remedy =
      'Is the local stack up (npm start), and are its ports the default ones? For a deployed stage: --stage.';
    return { exit: EXIT.unreachable, code, message: `nothing answers: ${message || code}`, remedy };
  }
  if (/ResourceNotFound|NonExistentQueue|ValidationError/.test(name))
    return {
      exit: EXIT.failed,
      code: name,
      message,
      remedy: 'Is that the name of a deployed stage, and the right --region?',
    };
  return { exit: EXIT.failed, code: name, message };
}
