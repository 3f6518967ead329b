import { COMMON, type Command, type Option } from './command.ts';

/** All commands, one line each. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map((command) => [usage(command), command.summary] as const);
  return `dingdock: DingTalk (钉钉) for your systems\n\n${table(rows)}\n\n${options('Every command', COMMON)}

\`dingdock <command> --help\` shows a command's options and examples.
Exit codes: 0 done, 1 it did not happen, 2 usage, 3 key, 4 not allowed, 5 not reachable, 6 wrong request, 7 not known yet,
8 too often, 130 interrupted; doctor's own from 10 on.`;
}

/** One command, or all of a topic (\`keys\`). */
export function helpOf(commands: readonly Command[]): string {
  return commands
    .map((command) => {
      const own = command.options ? `\n\n${options('Options', command.options)}` : '';
      const examples = command.examples.map((line) => `  ${line}`).join('\n');
      return `${usage(command)}\n  ${command.summary}${own}\n\nExamples\n${examples}`;
    })
    .join('\n\n');
}

function usage({ name, takes }: Command): string {
  return `dingdock ${name}${takes === undefined ? '' : ` ${takes}`}`;
}

function options(title: string, of: Record<string, Option>): string {
  const rows = Object.entries(of).map(
    ([name, { value, help }]) => [`--${name}${value === undefined ? '' : ` ${value}`}`, help] as const,
  );
  return `${title}\n${table(rows)}`;
}

function table(rows: readonly (readonly [left: string, right: string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
