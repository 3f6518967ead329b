import { oldRefusal } from '../../gateway/envelope.ts';
import { isObject, type JsonObject, textIn } from '../../json.ts';
import type { Said } from '../../world/message.ts';

/** The message of a webhook body (messaging.md §2.2); refuses other types and missing members. */
export function readRobotMessage(body: JsonObject): Said {
  const msgtype = textIn(body, 'msgtype');
  if (!msgtype) throw missing('msgtype');
  const read = readers[msgtype];
  // image, file, audio and video do not exist on webhooks (messaging.md §2.2)
  if (!read) throw oldRefusal('robot.type', 400105, `错误描述:不支持的消息类型;msgtype ${msgtype}`);
  const content = body[msgtype];
  if (!isObject(content)) throw missing(msgtype);
  return { msgtype, content, ...read(content) };
}

type Read = (content: JsonObject) => { text: string; title?: string };

const readers: Record<string, Read | undefined> = {
  text: (content) => ({ text: need(content, 'text', 'content') }),
  markdown: (content) => ({ title: need(content, 'markdown', 'title'), text: need(content, 'markdown', 'text') }),
  link: (content) => {
    need(content, 'link', 'messageUrl');
    return { title: need(content, 'link', 'title'), text: need(content, 'link', 'text') };
  },
  actionCard: (content) => {
    const card = { title: need(content, 'actionCard', 'title'), text: need(content, 'actionCard', 'text') };
    // singleTitle and singleURL together make the buttons ignored
    if (textIn(content, 'singleTitle') && textIn(content, 'singleURL')) return card;
    if (!Array.isArray(content.btns) || content.btns.length === 0) throw missing('actionCard.singleTitle');
    for (const button of content.btns) {
      need(button, 'actionCard.btns', 'title');
      need(button, 'actionCard.btns', 'actionURL');
    }
    return card;
  },
  feedCard: (content) => {
    if (!Array.isArray(content.links) || content.links.length === 0) throw missing('feedCard.links');
    const titles = content.links.map((link) => {
      need(link, 'feedCard.links', 'messageURL');
      need(link, 'feedCard.links', 'picURL');
      return need(link, 'feedCard.links', 'title');
    });
    return { text: titles.join('\n') };
  },
};

function need(source: unknown, place: string, key: string): string {
  const text = textIn(source, key);
  if (text === undefined) throw missing(`${place}.${key}`);
  return text;
}

/** The sentence is the same for both codes: 400403 is a missing `markdown.text` (messaging.md §2.4). */
function missing(member: string) {
  const [type, name = 'msgtype'] = member.split('.');
  const text = `参数 ${name === 'msgtype' ? '' : `${type} --》 `}${name} 缺失，或者参数格式不正确`;
  return oldRefusal('robot.member', member === 'markdown.text' ? 400403 : 400402, text);
}
