import type { Language } from '../../base/language.ts';

/** A command to the robot. */
export type Command = { name: CommandName; argument: string; comment: string; language: Language };
export type CommandName = 'help' | 'tasks' | 'accept' | 'done' | 'decline' | 'status';

const WORDS = new Map<string, { name: CommandName; language: Language }>(
  Object.entries({
    help: { name: 'help', language: 'en' },
    '?': { name: 'help', language: 'en' },
    tasks: { name: 'tasks', language: 'en' },
    accept: { name: 'accept', language: 'en' },
    done: { name: 'done', language: 'en' },
    decline: { name: 'decline', language: 'en' },
    status: { name: 'status', language: 'en' },
    帮助: { name: 'help', language: 'zh' },
    '？': { name: 'help', language: 'zh' },
    任务: { name: 'tasks', language: 'zh' },
    待办: { name: 'tasks', language: 'zh' },
    接受: { name: 'accept', language: 'zh' },
    完成: { name: 'done', language: 'zh' },
    拒绝: { name: 'decline', language: 'zh' },
    状态: { name: 'status', language: 'zh' },
  }),
);
const ABOUT_A_TASK: readonly CommandName[] = ['accept', 'done', 'decline', 'status'];

/**
 * The command in a message, if it is one: a word of the list, alone or before one argument, as in `done 12`, `/done #12`
 * and `完成12`. A number may be followed by a comment: `decline 12 on holiday`. Any other message is not a command; other
 * systems can read it from the bus.
 */
export function commandOf(text: string): Command | undefined {
  const form = /^\s*\/?(\p{Script=Han}+|[a-z]+|[?？])\s*#?(\S*)(?:\s+(\S.*))?\s*$/isu;
  const [, word = '', argument = '', comment = ''] = form.exec(text) ?? [];
  const known = WORDS.get(word.toLowerCase());
  const wants = known !== undefined && ABOUT_A_TASK.includes(known.name);
  if (!known || (argument !== '' && !wants)) return undefined;
  if (comment !== '' && (known.name === 'status' || !/^\d{1,9}$/.test(argument))) return undefined;
  return { ...known, argument, comment: comment.trim() };
}
