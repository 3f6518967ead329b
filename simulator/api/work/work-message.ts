import { oldRefusal } from '../../gateway/envelope.ts';
import { isObject, type JsonObject, numberIn, objectIn, textIn } from '../../json.ts';
import type { MessageFile, Said } from '../../world/message.ts';
import type { MediaType } from '../../world/records.ts';
import type { State } from '../../world/state.ts';
import { fileOf, messageFile } from '../file-shelf.ts';
import { objection } from '../robot/moderation.ts';

/** Codes that differ by API: an unknown type, and a missing media id (messaging.md §6.1, files.md §1.4). */
type Codes = { type: number; missing: Record<string, number | undefined> };

const notificationCodes: Codes = { type: 40008, missing: {} };

export const conversationCodes: Codes = { type: 34004, missing: { image: 34008, file: 34010, voice: 34011 } };

/** The `msg` object of work notifications and of the old conversation calls (messaging.md §5.2). */
export function readWorkMessage(state: State, msg: unknown, codes: Codes = notificationCodes): Said {
  if (!isObject(msg)) throw oldRefusal('work.no-message', 40035, '不合法的参数: msg');
  // the whole msg, in UTF-8 bytes (messaging.md §5.1)
  const size = Buffer.byteLength(JSON.stringify(msg));
  if (size > MOST_BYTES)
    throw oldRefusal('work.message-too-long', 45002, `消息内容超过限制: msg has ${size} bytes, at most ${MOST_BYTES}`);
  const msgtype = textIn(msg, 'msgtype');
  if (!msgtype) throw missing('msgtype');
  const read = readers[msgtype];
  if (!read) throw oldRefusal('work.type', codes.type, `不合法的消息类型: ${msgtype}`);
  const content = objectIn(msg, msgtype);
  if (!content) throw missing(msgtype);
  if (MEDIA.includes(msgtype) && content.media_id === undefined)
    throw oldRefusal('work.media-missing', codes.missing[msgtype] ?? 41006, `缺少参数: ${msgtype}.media_id`);
  const said = { msgtype: msgtype === 'action_card' ? 'actionCard' : msgtype, content, ...read(content, state) };
  // messaging.md §5.8
  const found = objection(state, said);
  if (found === 'url') throw oldRefusal('work.unsafe-link', 40048, '不安全的url');
  if (found) throw oldRefusal('work.unsafe-content', 41049, '消息包含违禁内容');
  return said;
}

type Read = (content: JsonObject, state: State) => { text: string; title?: string; file?: MessageFile };

const readers: Record<string, Read | undefined> = {
  text: (content) => ({ text: need(content, 'text.content', 'content') }),
  markdown: (content) => {
    const text = need(content, 'markdown.text', 'text');
    if (text.length > 5000) throw tooLong('markdown.text', 5000);
    return { title: need(content, 'markdown.title', 'title'), text };
  },
  link: (content) => {
    need(content, 'link.messageUrl', 'messageUrl');
    // required here, optional on robots (messaging.md §5.2)
    need(content, 'link.picUrl', 'picUrl');
    return { title: need(content, 'link.title', 'title'), text: need(content, 'link.text', 'text') };
  },
  image: (content, state) => ({ text: '', file: media(state, content, 'image') }),
  voice: (content, state) => {
    const duration = content.duration;
    if (typeof duration !== 'string' || !/^[1-9]\d*$/.test(duration) || Number(duration) >= 60)
      throw oldRefusal(
        'work.voice-duration',
        40035,
        '不合法的参数: voice.duration must be a string, a positive integer below 60',
      );
    return { text: '', file: media(state, content, 'voice') };
  },
  file: (content, state) => {
    // there is no name member, so what is shown is the name of the upload (files.md §6.4)
    const file = media(state, content, 'file');
    if (file.size > 10_000_000)
      throw oldRefusal('work.file-too-large', 40006, '不合法的文件大小: a referenced file may have 10 MB');
    return { text: file.fileName, file };
  },
  oa: (content) => {
    need(content, 'oa.message_url', 'message_url');
    const head = objectIn(content, 'head');
    if (!/^[0-9a-fA-F]{8}$/.test(need(head, 'oa.head.bgcolor', 'bgcolor')))
      throw oldRefusal('work.head-colour', 40035, '不合法的参数: oa.head.bgcolor');
    need(head, 'oa.head.text', 'text');
    const body = objectIn(content, 'body');
    if (!body) throw missing('oa.body');
    checkOaParts(content, body);
    const title = textIn(body, 'title');
    return { text: textIn(body, 'content') ?? '', ...(title ? { title } : {}) };
  },
  action_card: (content) => {
    const text = need(content, 'action_card.markdown', 'markdown');
    const title = textIn(content, 'title');
    if (title && title.length > 64) throw tooLong('action_card.title', 64);
    checkButtons(content);
    return { text, ...(title ? { title } : {}) };
  },
};

/** The status bar's colour is `0xFFRRGGBB`, a form is a list of key and value (messaging.md §5.2). */
function checkOaParts(content: JsonObject, body: JsonObject): void {
  const bar = content.status_bar;
  if (bar !== undefined) {
    need(bar, 'oa.status_bar.status_value', 'status_value');
    const colour = textIn(bar, 'status_bg');
    if (colour && !/^0x[0-9a-fA-F]{8}$/.test(colour))
      throw oldRefusal('work.bar-colour', 40035, '不合法的参数: oa.status_bar.status_bg');
  }
  if (body.form === undefined) return;
  if (!Array.isArray(body.form)) throw oldRefusal('work.form', 40035, '不合法的参数: oa.body.form');
  for (const line of body.form) {
    need(line, 'oa.body.form.key', 'key');
    need(line, 'oa.body.form.value', 'value');
  }
}

/** One whole-card link or a list of buttons, with the lengths of code 34016 (messaging.md §5.2). */
function checkButtons(content: JsonObject): void {
  const list = content.btn_json_list;
  if (Array.isArray(list) && list.length > 0) {
    if (JSON.stringify(list).length > 1000) throw tooLong('action_card.btn_json_list', 1000);
    for (const button of list) {
      if (need(button, 'btn_json_list.title', 'title').length > 20) throw tooLong('btn_json_list.title', 20);
      if (need(button, 'btn_json_list.action_url', 'action_url').length > 700)
        throw tooLong('btn_json_list.action_url', 700);
    }
    return;
  }
  if (need(content, 'action_card.single_title', 'single_title').length > 20) throw tooLong('single_title', 20);
  if (need(content, 'action_card.single_url', 'single_url').length > 500) throw tooLong('single_url', 500);
}

function media(state: State, content: JsonObject, type: MediaType): MessageFile {
  const file = fileOf(state, textIn(content, 'media_id') ?? '');
  // an id of another upload type is not said to be refused in words, but each message names its type (files.md §1.5)
  if (!file || file.type !== type) throw oldRefusal('work.media', 40007, '不合法的媒体文件id');
  return messageFile(file);
}

function need(source: unknown, place: string, key: string): string {
  const value = textIn(source, key) ?? numberIn(source, key)?.toString();
  if (value === undefined) throw missing(place);
  return value;
}

function missing(member: string) {
  return oldRefusal('work.member', 40035, `不合法的参数: 缺少参数 ${member}`);
}

function tooLong(member: string, most: number) {
  return oldRefusal('work.member-too-long', 34016, `消息长度超过限制: ${member} at most ${most}`);
}

const MEDIA = ['image', 'voice', 'file'];

const MOST_BYTES = 2048;
