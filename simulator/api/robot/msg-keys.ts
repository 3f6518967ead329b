import { newRefusal } from '../../gateway/envelope.ts';
import { type JsonObject, parseObject, textIn } from '../../json.ts';
import type { MessageFile, Said } from '../../world/message.ts';
import type { MediaType, StoredFile } from '../../world/records.ts';
import type { State } from '../../world/state.ts';
import { fileOf, messageFile } from '../file-shelf.ts';

/** The templates of the app robot (messaging.md §3.7): their plain kind, and the members each needs. */
const templates: Record<string, { kind: string; members: string[] } | undefined> = {
  sampleText: { kind: 'text', members: ['content'] },
  sampleMarkdown: { kind: 'markdown', members: ['title', 'text'] },
  sampleImageMsg: { kind: 'image', members: ['photoURL'] },
  // picUrl is optional on the webhook's link (messaging.md §2.2) and not said to be needed here
  sampleLink: { kind: 'link', members: ['title', 'text', 'messageUrl'] },
  sampleActionCard: { kind: 'actionCard', members: ['title', 'text', 'singleTitle', 'singleURL'] },
  sampleActionCard2: { kind: 'actionCard', members: buttons(2) },
  sampleActionCard3: { kind: 'actionCard', members: buttons(3) },
  sampleActionCard4: { kind: 'actionCard', members: buttons(4) },
  sampleActionCard5: { kind: 'actionCard', members: buttons(5) },
  sampleActionCard6: {
    kind: 'actionCard',
    members: ['title', 'text', 'buttonTitle1', 'buttonUrl1', 'buttonTitle2', 'buttonUrl2'],
  },
  sampleAudio: { kind: 'audio', members: ['mediaId', 'duration'] },
  sampleFile: { kind: 'file', members: ['mediaId', 'fileName', 'fileType'] },
  sampleVideo: { kind: 'video', members: ['videoMediaId', 'videoType', 'picMediaId', 'duration'] },
};

/** Reads msgKey and msgParam; refuses as messaging.md §3.6 says. */
export function readTemplate(state: State, body: JsonObject): Said {
  const msgKey = textIn(body, 'msgKey');
  if (!msgKey) throw newRefusal('app-robot.key-missing', 400, 'invalidParameter.msgKey.empty', 'msgKey不能为空');
  const template = templates[msgKey];
  if (!template)
    throw newRefusal('app-robot.key-unknown', 400, 'invalidParameter.msgKey.invalid', `msgKey无效: ${msgKey}`);
  const content = readParam(body.msgParam);
  const { kind, members } = template;
  for (const member of members) {
    if (content[member] === undefined || content[member] === '') {
      if (member === 'title' && msgKey === 'sampleMarkdown' && !state.settings.markdownNeedsTitle) continue;
      throw newRefusal('app-robot.member-missing', 400, `miss.param.${kind}`, `msgParam.${member} is missing`);
    }
  }
  for (const [member, value] of Object.entries(content)) {
    if (typeof value !== 'string')
      throw newRefusal(
        'app-robot.member-not-text',
        400,
        `invalid.param.${kind}`,
        `msgParam.${member} must be a string`,
      );
  }
  return { msgtype: kind, content, ...visible(state, kind, content) };
}

/** A JSON *string* of at most 15000 bytes (messaging.md §3.1). */
function readParam(msgParam: unknown): JsonObject {
  if (typeof msgParam === 'string' && Buffer.byteLength(msgParam) > MOST_BYTES)
    throw newRefusal(
      'app-robot.param-too-long',
      400,
      'invalidParameter.msgParam.tooLong',
      `msgParam超过${MOST_BYTES}字节`,
    );
  const content = typeof msgParam === 'string' ? parseObject(msgParam) : undefined;
  if (!content)
    throw newRefusal(
      'app-robot.param-not-json',
      400,
      'invalidParameter.msgParam.invalid',
      'msgParam必须是JSON格式的字符串',
    );
  return content;
}

function visible(
  state: State,
  kind: string,
  content: JsonObject,
): { text: string; title?: string; file?: MessageFile } {
  const title = textIn(content, 'title');
  const text = textIn(content, 'text') ?? textIn(content, 'content') ?? '';
  const media = (mediaId: unknown, types: MediaType[], fileName?: string) =>
    messageFile(mediaOf(state, kind, mediaId, types), fileName);
  switch (kind) {
    case 'file': {
      const fileName = textIn(content, 'fileName') ?? '';
      return { text: fileName, file: media(content.mediaId, ['file', 'video'], fileName) };
    }
    case 'audio':
      return { text, file: media(content.mediaId, ['voice']) };
    case 'video':
      media(content.picMediaId, ['image']);
      return { text, file: media(content.videoMediaId, ['video', 'file']) };
    case 'image':
      if (/^https?:\/\//.test(textIn(content, 'photoURL') ?? '')) return { text };
      return { text, file: media(content.photoURL, ['image']) };
    default:
      return title ? { text, title } : { text };
  }
}

/**
 * At DingTalk a wrong media id was seen to fail silently (files.md §1.3); here it is refused.
 * Which upload type each message takes: files.md §1.5.
 */
function mediaOf(state: State, kind: string, mediaId: unknown, types: MediaType[]): StoredFile {
  const file = fileOf(state, String(mediaId));
  if (!file || !types.includes(file.type))
    throw newRefusal(
      'app-robot.media',
      400,
      `invalid.param.${kind}`,
      `no media of type ${types.join(' or ')}: ${String(mediaId)}`,
    );
  return file;
}

function buttons(count: number): string[] {
  const numbered = Array.from({ length: count }, (_, index) => [`actionTitle${index + 1}`, `actionURL${index + 1}`]);
  return ['title', 'text', ...numbered.flat()];
}

const MOST_BYTES = 15_000;
