import { Command as Program } from 'commander';
import { COMMON, type Command, type Given, type Option } from './command.ts';
import { UsageError } from './exit.ts';

const EXIT_CODES = `
\`dingdock <command> --help\` shows a command's options and examples.
Exit codes: 0 done, 1 it did not happen, 2 usage, 3 key, 4 not allowed, 5 not reachable, 6 wrong request, 7 not known yet,
8 too often, 130 interrupted; doctor's own from 10 on.`;

/** The command line as commander reads it: one command each, those of two words below a topic. */
export function programOf(
  commands: readonly Command[],
  print: (text: string) => void,
  run: (command: Command, given: Given) => Promise<void>,
): Program {
  const program = new Program('dingdock')
    .description('dingdock: DingTalk (钉钉) for your systems')
    .helpOption('-h, --help', 'this')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: print, outputError: () => undefined })
    .configureHelp({
      showGlobalOptions: true,
      visibleCommands: ({ commands: below }) =>
        below.flatMap((each) => (each.commands.length > 0 ? each.commands : [each])),
      subcommandTerm: (each) => `${namesOf(each).join(' ')} ${each.usage()}`.trimEnd(),
    });
  take(program, COMMON);
  for (const command of commands) {
    const { name, takes = '', summary, options = {}, examples } = command;
    const [topic = '', verb] = name.split(' ');
    const parent =
      verb === undefined ? program : (program.commands.find((each) => each.name() === topic) ?? program.command(topic));
    const made = parent
      .command(verb ?? topic)
      .usage(takes || ' ')
      .description(summary)
      .addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
    if (takes !== '') made.arguments(takes);
    take(made, options).action(() => run(command, givenOf(made)));
  }
  return program;
}

function take(program: Program, options: Record<string, Option>): Program {
  for (const [name, { value = '', help }] of Object.entries(options)) program.option(`--${name} ${value}`, help);
  return program;
}

function namesOf(command: Program): string[] {
  return [...(command.parent === null ? [] : namesOf(command.parent)), command.name()];
}

function givenOf(made: Program): Given {
  const values = made.optsWithGlobals();
  const read = (name: string): unknown => values[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
  const text = (name: string) => {
    const value = read(name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    text,
    flag: (name) => read(name) === true,
    list: (name) =>
      text(name)
        ?.split(',')
        .map((each) => each.trim())
        .filter(Boolean),
    figure(name) {
      const value = text(name);
      if (value === undefined || /^[1-9]\d{0,5}$/.test(value)) return value === undefined ? undefined : Number(value);
      throw new UsageError(`--${name} takes a number, not "${value}"`);
    },
    word: made.args[0] ?? '',
    positionals: made.args,
  };
}
