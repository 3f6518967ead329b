import { extensionOf, fileOf, keepFile, messageFile } from '../api/file-shelf.ts';
import { downloadCodeFor } from '../api/robot/robot-files.ts';
import type { JsonObject } from '../json.ts';
import type { Message, Said } from '../world/message.ts';
import type { MediaType, StoredFile } from '../world/records.ts';
import type { State } from '../world/state.ts';
import type { App } from '../world/tenant.ts';

export type GivenFile = { name: string; data: Buffer };

/** What a person may say to a robot; a quoted message makes it a reply. */
export type Spoken =
  | { kind: 'text'; text: string; quoted?: Message }
  | { kind: 'file' | 'picture'; file: GivenFile }
  | { kind: 'audio'; file: GivenFile; durationMs: number; recognition: string }
  | { kind: 'video'; file: GivenFile; durationMs: number }
  | { kind: 'richText'; parts: ({ text: string } | { file: GivenFile })[] };

/** What stands in the conversation, and type and body of what the robot is given (callbacks.md §5.4). */
type Rendered = { said: Said; msgtype: Spoken['kind']; body: JsonObject };

export function render(state: State, spoken: Spoken, { app, inGroup }: { app: App; inGroup: boolean }): Rendered {
  const { kind } = spoken;
  if (kind === 'text') return renderText(state, spoken, app, inGroup);
  if (kind === 'richText') return renderRichText(state, spoken.parts, app);
  const stored = shelve(state, spoken.file, MEDIA[kind]);
  const content = received(state, spoken, stored, app);
  const text = kind === 'audio' ? spoken.recognition : stored.fileName;
  const msgtype = kind === 'picture' ? 'image' : kind;
  return { said: { msgtype, text, content, file: messageFile(stored) }, msgtype: kind, body: { content } };
}

/** The members by type: a duration in ms, the words a voice was taken for, the ending of a video (callbacks.md §5.4). */
function received(state: State, spoken: Spoken, stored: StoredFile, app: App): JsonObject {
  const downloadCode = downloadCodeFor(state, app.robotCode, stored.mediaId);
  switch (spoken.kind) {
    case 'picture':
      return { downloadCode, pictureDownloadCode: `${downloadCode}p` };
    case 'audio':
      return { downloadCode, duration: spoken.durationMs, recognition: spoken.recognition };
    case 'video':
      return { downloadCode, duration: spoken.durationMs, videoType: extensionOf(stored.fileName) || 'mp4' };
    default:
      return { downloadCode, fileName: stored.fileName, fileType: extensionOf(stored.fileName) };
  }
}

/** The @name is taken out, the space after it stays (callbacks.md §5.3). */
function renderText(state: State, { text, quoted }: Spoken & { kind: 'text' }, app: App, inGroup: boolean): Rendered {
  const content = inGroup ? ` ${text}` : text;
  const reply = quoted ? { isReplyMsg: true, repliedMsg: repliedMsg(state, quoted, app) } : {};
  return {
    said: { msgtype: 'text', text, content: { content: text, ...(quoted ? { quoted: quoted.id } : {}) } },
    msgtype: 'text',
    body: { text: { content, ...reply } },
  };
}

/** The quoted message; one with a file gives its code, which is how a file in a group gets to a robot (files.md §7). */
function repliedMsg(state: State, { id, at, sender, msgtype, text, file }: Message, app: App): JsonObject {
  const stored = fileOf(state, file?.mediaId ?? '');
  const msgType = msgtype === 'image' ? 'picture' : msgtype;
  const content = stored
    ? {
        downloadCode: downloadCodeFor(state, app.robotCode, stored.mediaId),
        ...(msgType === 'file' ? { fileName: stored.fileName } : {}),
      }
    : { text };
  const senderId = `$:LWCP_v1:$${Buffer.from(sender).toString('base64')}`;
  return { msgType, msgId: `msg${id}`, createdAt: Date.parse(at), senderId, content };
}

/** Text and pictures in their order; what is shown has addresses, what the robot gets has codes (callbacks.md §5.4). */
function renderRichText(state: State, parts: (Spoken & { kind: 'richText' })['parts'], app: App): Rendered {
  const items = parts.map((part) => {
    if ('text' in part) return { shown: { text: part.text }, given: { text: part.text } };
    const stored = shelve(state, part.file, 'image');
    const downloadCode = downloadCodeFor(state, app.robotCode, stored.mediaId);
    return {
      shown: { type: 'picture', fileName: stored.fileName, url: messageFile(stored).url },
      given: { type: 'picture', downloadCode, pictureDownloadCode: `${downloadCode}p` },
    };
  });
  const text = parts.map((part) => ('text' in part ? part.text : `[${part.file.name}]`)).join('');
  return {
    said: { msgtype: 'richText', text, content: { richText: items.map(({ shown }) => shown) } },
    msgtype: 'richText',
    body: { content: { richText: items.map(({ given }) => given) } },
  };
}

function shelve(state: State, { name: fileName, data }: GivenFile, type: MediaType): StoredFile {
  return keepFile(state, { type, fileName, contentType: 'application/octet-stream', data });
}

const MEDIA = { file: 'file', picture: 'image', audio: 'voice', video: 'video' } as const;
