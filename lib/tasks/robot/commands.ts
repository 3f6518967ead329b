import type { Language } from '../../base/language.ts';
import { CLOSING, OPENING, withoutUnseen } from '../../base/text/signs.ts';

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

/** What people put between the parts of a command, or behind it; half and full width. */
const SIGNS = '[.。．,，、:：;；!！?？~～…]';
/** `/done #12`, `完成：１２`, `完成任务 12`, `「完成」12`: a word, and what follows it. */
const FORM = new RegExp(
  `^${OPENING}?[/／]?(\\p{Script=Han}{2}(?=任务\\s*[#＃]?\\p{Nd})|\\p{Script=Han}+|[a-zａ-ｚ]+|[?？])${CLOSING}?\\s*(.*)$`,
  'isu',
);
/** `任务 12`, `No.12`, `№12` */
const NUMBER_OF = '(?:(?:任务|[tT]ask|[nN][oO][.．]?|№)\\s*)?';
/** What parts a number from a comment: "1.5" and "1、2" are no numbers of a task. */
const APART = `${CLOSING}?${SIGNS}+(?!\\p{Nd})|${CLOSING}|(?=${OPENING})`;
/** `12`, `12。`, `12, thanks`, `【12】谢谢`: a number, a sign or a blank, and a comment. */
const NUMBERED = new RegExp(
  `^[:：,，]?\\s*${OPENING}?${NUMBER_OF}[#＃]?(\\p{Nd}{1,9})(?:(${APART})|(?=\\s)|$)(.*)$`,
  'su',
);
const ENDING = new RegExp(`(?:${SIGNS}|${CLOSING})+$`, 'u');

/**
 * The command in a message as people type it, if it is one: a word of the list, alone or before one argument, as in
 * `done 12`, `/done #12`, `完成12` and `状态１２。`. A number may be followed by a comment: `decline 12, on holiday`. Any other
 * message is not a command; other systems can read it from the bus.
 */
export function commandOf(text: string): Command | undefined {
  const [, word = '', rest = ''] = FORM.exec(withoutUnseen(text).trim()) ?? [];
  const known = WORDS.get(word) ?? WORDS.get(word.normalize('NFKC').toLowerCase());
  if (!known) return undefined;
  const given = argumentOf(rest);
  if (!ABOUT_A_TASK.includes(known.name)) return given.argument === '' ? { ...known, ...NONE } : undefined;
  const { argument, comment, apart } = given;
  if (comment !== '' && !isNumber(argument)) return undefined;
  // "status 12 please" is a sentence; behind a sign the sentence is over
  if (comment !== '' && known.name === 'status') return apart ? { ...known, argument, comment: '' } : undefined;
  return { ...known, argument, comment };
}

const NONE = { argument: '', comment: '' };

/** What a command is about, without signs behind it, and what is said beside. `apart`: a sign stands between the two. */
function argumentOf(rest: string): { argument: string; comment: string; apart: boolean } {
  const [, digits, signs, said = ''] = NUMBERED.exec(rest) ?? [];
  if (digits !== undefined)
    return { argument: digits.normalize('NFKC'), comment: said.trim(), apart: signs !== undefined };
  const [, word = '', comment = ''] = /^[#＃]?(\S*)(?:\s+(\S.*))?$/su.exec(rest.trim()) ?? [];
  return { argument: word.replace(ENDING, ''), comment: comment.trim(), apart: false };
}

function isNumber(argument: string): boolean {
  return /^\d{1,9}$/.test(argument);
}
