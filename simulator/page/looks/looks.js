import { element } from './element.js';
import { BARE, KINDS, textParts, WIDE } from './kinds.js';
import { LOOKS_WORDS, speakerOf } from './looks-words.js';

/**
 * How DingTalk's clients show a message (looks.md §2-4). This folder knows no simulator: any page can draw a message with
 * it, given what it says and who looks, and the sheet looks.css.
 *
 * @typedef {{
 *   msgtype: string, text: string, title?: string, content: any, via?: string, sender?: string, recalled?: boolean,
 *   file?: { fileName: string, fileType: string, size: number, url: string }, appended?: string[],
 *   card?: { title?: string, markdown: string[], buttons: any[], flow?: string },
 *   summary?: { list?: Record<string, string>, alert?: string, off?: boolean },
 * }} Shown
 * @typedef {{
 *   mode: 'desktop' | 'phone', language: 'zh' | 'en', names?: Map<string, string>, me?: string, mentioned?: boolean,
 *   all?: boolean, media?: (id: string) => string, tap?: (id: string, params?: object) => void,
 *   quoted?: (id: string) => string | undefined, group?: string, by?: string,
 * }} How `names` are those that the message notified, by what is written; `me` is the reader's name. `phone` is the worst
 * that was seen on phones, where tenants and versions differ.
 */

/** The bubble of a message; what the client does not show is marked in its place, with the reason. @param {Shown} message @param {How} how */
export function bubble(message, how) {
  const parts = (KINDS[message.msgtype] ?? textParts)(message, speaking(how));
  const shape = [WIDE.has(message.msgtype) ? 'wide-card' : '', BARE.has(message.msgtype) ? 'bare' : ''];
  return element('div', parts, ['bubble', how.mode, message.msgtype, ...shape].filter(Boolean).join(' '));
}

/** The line of the chat list: what stands first in it for those who are meant, and the words. @param {Shown} message @param {How} how */
export function listLine(message, how) {
  const { say } = speaking(how);
  const flag = how.all ? say('mentionedAll') : say('mentionedYou');
  const who = how.group !== undefined && how.by ? `${how.by}: ` : '';
  return { flag: how.mentioned ? flag : '', text: `${who}${oneLine(summaryOf(message, how, say))}` };
}

/** What a phone shows of a message that is pushed; undefined where the sender asked for none. @param {Shown} message @param {How} how */
export function pushPreview(message, how) {
  const { say } = speaking(how);
  if (message.summary?.off) return undefined;
  const words =
    message.msgtype === 'card' ? (message.summary?.alert ?? say('newMessage')) : summaryOf(message, how, say);
  if (how.group === undefined) return { title: how.by ?? '', text: oneLine(words) };
  return { title: how.group, text: `${how.by ? `${how.by}: ` : ''}${oneLine(words)}` };
}

/**
 * The title alone where there is one, whatever the text says (looks.md §4).
 * @param {Shown} message @param {How} how @param {(key: string, ...values: unknown[]) => string} say
 */
function summaryOf({ msgtype, title, text, appended, content, file, card, summary }, how, say) {
  const kinds = {
    text: () => [named(text, how), ...(appended ?? [])].join(' '),
    feedCard: () => content.links[0]?.title ?? '',
    image: () => say('listPicture'),
    file: () => say('listFile', file?.fileName ?? ''),
    audio: () => say('listVoice'),
    voice: () => say('listVoice'),
    video: () => say('listVideo'),
    oa: () => title ?? content.head.text,
    card: () => listed(summary?.list, how.language) ?? card?.title ?? content.title ?? say('listCard'),
  };
  return kinds[msgtype]?.() ?? title ?? text;
}

/** An @ that notified shows the name. @param {string} text @param {How} how */
function named(text, { names }) {
  return text.replace(/@([0-9A-Za-z_-]+)/g, (whole, id) => (names?.has(id) ? `@${names.get(id)}` : whole));
}

/** `lastMessageI18n` by the reader's language, such as ZH_CN or en_US. */
function listed(lines, language) {
  const found = Object.entries(lines ?? {}).find(([name]) => name.toLowerCase().startsWith(language));
  return found?.[1] ?? Object.values(lines ?? {})[0];
}

function oneLine(text) {
  return String(text).replace(/\s+/g, ' ').trim();
}

function speaking(how) {
  return { ...how, say: speakerOf(LOOKS_WORDS, how.language) };
}
