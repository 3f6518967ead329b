import { COMMON, type Command } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';

/** @param all gives every command: this is the one that has to know the others */
export function completionOf(all: () => Promise<readonly Command[]>): Command {
  return {
    name: 'completion',
    takes: '<shell>',
    summary: 'what makes bash or zsh complete commands and options, for its start-up file',
    examples: ['source <(dingdock completion bash)', 'source <(dingdock completion zsh)'],
    async run(io, given) {
      const { word } = given;
      if (word !== 'bash' && word !== 'zsh')
        throw new UsageError(`completion is there for bash and zsh, not for "${word}"`);
      const script = scriptOf(await all(), word);
      io.answer({ script }, script);
      return EXIT.done;
    },
  };
}

function scriptOf(commands: readonly Command[], shell: 'bash' | 'zsh'): string {
  const topics = new Set(commands.map(({ name }) => name.split(' ')[0]));
  const verbs = Map.groupBy(
    commands.filter(({ name }) => name.includes(' ')),
    ({ name }) => name.split(' ')[0] ?? '',
  );
  const common = optionsOf(COMMON);
  const cases = [
    ...[...verbs].map(
      ([topic, below]) => `    ${topic}) words="${below.map(({ name }) => name.split(' ')[1]).join(' ')}";;`,
    ),
    ...commands.map(
      ({ name, options = {} }) => `    '${name}') words="${[...optionsOf(options), ...common].join(' ')}";;`,
    ),
  ];
  return [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_dingdock() {',
    `  local now="${word('COMP_CWORD')}" one="${word('1')}" two="${word('2')}" words=""`,
    '  local asked="$one"',
    `  case " ${[...verbs.keys()].join(' ')} " in *" $one "*) [ "$COMP_CWORD" -gt 2 ] && asked="$one $two";; esac`,
    `  [ "$COMP_CWORD" -eq 1 ] && asked=""`,
    '  case "$asked" in',
    `    '') words="${[...topics].join(' ')}";;`,
    ...cases,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$now"))',
    '}',
    'complete -o default -F _dingdock dingdock',
  ].join('\n');
}

/** A word of the line that is completed, as the shell has it. */
function word(at: string): string {
  return `$\{COMP_WORDS[${at}]}`;
}

function optionsOf(options: NonNullable<Command['options']>): string[] {
  return Object.keys(options).map((name) => `--${name}`);
}
