/** What people ask the robot to do. */
export type Command = { name: 'help' | 'tasks' | 'done' | 'status'; argument: string; language: Language };
export type Language = 'zh' | 'en';

const WORDS = new Map<string, { name: Command['name']; language: Language }>(
  Object.entries({
    help: { name: 'help', language: 'en' },
    '?': { name: 'help', language: 'en' },
    tasks: { name: 'tasks', language: 'en' },
    done: { name: 'done', language: 'en' },
    status: { name: 'status', language: 'en' },
    帮助: { name: 'help', language: 'zh' },
    '？': { name: 'help', language: 'zh' },
    任务: { name: 'tasks', language: 'zh' },
    待办: { name: 'tasks', language: 'zh' },
    完成: { name: 'done', language: 'zh' },
    状态: { name: 'status', language: 'zh' },
  }),
);

/**
 * The command in what a person wrote, if it is one: a word of the list, alone or before one argument, as in `done 12`,
 * `/done #12` and `完成12`. Anything else is a conversation, which other functions may take up from the bus.
 */
export function commandOf(text: string): Command | undefined {
  const [, word = '', argument = ''] = /^\s*\/?(\p{Script=Han}+|[a-z]+|[?？])\s*#?(\S*)\s*$/iu.exec(text) ?? [];
  const known = WORDS.get(word.toLowerCase());
  const wants = known?.name === 'done' || known?.name === 'status';
  if (!known || (argument !== '' && !wants)) return undefined;
  return { ...known, argument };
}
