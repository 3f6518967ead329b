import { ServiceError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import type { Language } from '../base/language.ts';
import { CLOSING, OPENING, withoutUnseen } from '../base/text/signs.ts';

/** Short names of records, for people to say: `A-7F3Q` is an approval, `I-7F3Q` an incident. */
export type CodeLetter = 'A' | 'I';

/** Makes a short code stand for a record; answers false when it stands for another one. */
export type ClaimCode = (code: string, id: string) => Promise<boolean>;

/** Signs that nobody takes for another one. */
const SIGNS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const TRIES = 20;

/** A short name that stands for no other record; the same for the same id, so that a repeat takes no second one. */
export async function codeFor(letter: CodeLetter, claim: ClaimCode, id: string): Promise<string> {
  for (let at = 0; at < TRIES; at += 1) {
    const bytes = Buffer.from(sha256(`${id}#${at}`), 'hex');
    const code = `${letter}-${[...bytes.subarray(0, 4)].map((byte) => SIGNS[byte % SIGNS.length]).join('')}`;
    if (await claim(code, id)) return code;
  }
  throw new ServiceError('records.name', { code: 'codes_used_up', retryable: true });
}

/** What somebody says of a record in a chat: a word, the code, and a comment. */
export type Said = { word: string; code: string; comment: string; language: Language };

/** `同意 A-7F3Q`, `/reject a-7f3q: why`, `认领【Ｉ－７Ｆ３Ｑ】`: one word, a code, and what follows it. */
const FORM = new RegExp(
  `^${OPENING}?/?([^\\s/]{1,20}?)(?:[\\s:,]|${OPENING}|${CLOSING})*#?([AI])(-[2-9A-HJ-NP-TV-Z]{4})(?![\\w-])(?:[\\s.。,、:;!?~…]|${CLOSING})*(.*)$`,
  'isu',
);
/** How input methods write the dash of a code. */
const DASHES = /(?<=[AI])[\u2010-\u2015\u2212]{1,2}(?=[2-9A-Z])/giu;

/** What a text says of a record with such a letter; whether it means anything there is not known yet. */
export function saidOf(letter: CodeLetter, text: string): Said | undefined {
  const plain = withoutUnseen(text).normalize('NFKC').replace(DASHES, '-').trim();
  const [, word = '', of = '', signs = '', comment = ''] = FORM.exec(plain) ?? [];
  if (of.toUpperCase() !== letter) return undefined;
  const language = /\p{Script=Han}/u.test(plain) ? 'zh' : 'en';
  return { word: word.toLowerCase(), code: `${letter}${signs}`.toUpperCase(), comment: comment.trim(), language };
}

/** Whether a text has the form of words about any of them. */
export function saysCode(text: string): boolean {
  return saidOf('A', text) !== undefined || saidOf('I', text) !== undefined;
}

/** A link that has the robot told this, one-to-one (interactive.md §2.3). @param label Markdown of a line */
export function tapOf(label: string, said: string): string {
  return `[${label}](dtmd://dingtalkclient/sendMessage?content=${encodeURIComponent(said)})`;
}
