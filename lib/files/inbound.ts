import * as v from 'valibot';
import { baseName, cleanName } from '../base/text/file-name.ts';

const Attachment = v.object({
  kind: v.picklist(['file', 'picture', 'audio', 'video']),
  downloadCode: v.string(),
  fileName: v.optional(v.string()),
  /** The extension when there is no name. */
  extension: v.optional(v.string()),
});
export type Attachment = v.InferOutput<typeof Attachment>;

/** Files that were sent to a robot and are to be stored in the bucket. */
export const Inbound = v.object({
  app: v.string(),
  messageId: v.string(),
  receivedAt: v.string(),
  conversation: v.object({ id: v.string(), group: v.boolean(), title: v.optional(v.string()) }),
  sender: v.object({ userId: v.optional(v.string()), name: v.optional(v.string()) }),
  files: v.array(Attachment),
});
export type Inbound = v.InferOutput<typeof Inbound>;

/** The queue of files to be fetched. */
export type InboundQueue = { put(inbound: Inbound): Promise<void> };

const text = v.optional(v.string());
const Content = v.object({
  downloadCode: text,
  fileName: text,
  videoType: text,
  richText: v.optional(v.array(v.object({ type: text, downloadCode: text }))),
});
const MessageWithFiles = v.object({
  msgtype: text,
  conversationId: v.string(),
  conversationType: text,
  conversationTitle: text,
  senderStaffId: text,
  senderNick: text,
  content: v.optional(v.unknown()),
  text: v.optional(v.object({ repliedMsg: v.optional(v.object({ msgType: text, content: v.optional(v.unknown()) })) })),
});

type Event = { id: string; app: string; type: string; occurredAt: string; data: unknown };

/** Queues the files of a robot message, before all else: DingTalk keeps their codes for minutes. Undefined when it has none. */
export function queueFiles(queue: InboundQueue) {
  return (event: Event) => {
    const inbound = inboundOf(event);
    return inbound && { first: true as const, run: () => queue.put(inbound) };
  };
}

/** What of a robot message is to be fetched; undefined when it carries no file (files.md §7). */
export function inboundOf(event: Event): Inbound | undefined {
  if (event.type !== 'robot.message') return undefined;
  const parsed = v.safeParse(MessageWithFiles, event.data);
  if (!parsed.success) return undefined;
  const { msgtype, content, text: words, ...message } = parsed.output;
  const quoted = words?.repliedMsg;
  const files = [...attachments(msgtype, content), ...attachments(quoted?.msgType, quoted?.content)];
  if (files.length === 0) return undefined;
  return {
    app: event.app,
    messageId: event.id,
    receivedAt: event.occurredAt,
    conversation: {
      id: message.conversationId,
      group: message.conversationType === '2',
      title: message.conversationTitle,
    },
    sender: { userId: message.senderStaffId, name: message.senderNick },
    files,
  };
}

/** `downloadCode`, never `pictureDownloadCode`, which was seen to fail (files.md §7). */
function attachments(type: string | undefined, given: unknown): Attachment[] {
  const parsed = v.safeParse(Content, given);
  if (!parsed.success) return [];
  const { downloadCode, fileName, videoType, richText = [] } = parsed.output;
  const pictures = richText.flatMap((item): Attachment[] =>
    item.downloadCode === undefined ? [] : [{ kind: 'picture', downloadCode: item.downloadCode }],
  );
  if (downloadCode === undefined) return pictures;
  const kind = type === 'picture' || type === 'audio' || type === 'video' ? type : 'file';
  return [{ kind, downloadCode, fileName, ...(videoType !== undefined && { extension: videoType }) }, ...pictures];
}

/** `inbox/<conversation>/<date>/<name>`; `twin` is added to a name that is taken. */
export function inboxKey({ conversation, receivedAt }: Inbound, fileName: string, twin?: string): string {
  const folder =
    conversation.id
      .replaceAll('/', '_')
      .replaceAll('+', '-')
      .replace(/[^\w=.-]/g, '') || 'unknown';
  const dot = fileName.lastIndexOf('.');
  const at = dot > 0 ? dot : fileName.length;
  const name = twin === undefined ? fileName : `${fileName.slice(0, at)} (${twin})${fileName.slice(at)}`;
  return `inbox/${folder}/${receivedAt.slice(0, 10)}/${name}`;
}

/** The name it was sent under, else its kind with an extension, which may come from its first bytes. */
export function inboxName({ kind, fileName, extension }: Attachment, head: Uint8Array): string {
  const clean = cleanName(baseName(fileName ?? ''));
  if (clean !== '') return clean;
  const ending = (extension ?? '').replace(/\W/g, '').toLowerCase() || extensionIn(head);
  return `${kind}.${ending ?? 'bin'}`;
}

const SIGNATURES: [string, number, string][] = [
  ['jpg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG'],
  ['gif', 0, 'GIF8'],
  ['bmp', 0, 'BM'],
  ['webp', 8, 'WEBP'],
  ['mp4', 4, 'ftyp'],
  ['amr', 0, '#!AMR'],
  ['ogg', 0, 'OggS'],
  ['pdf', 0, '%PDF'],
  ['zip', 0, 'PK\x03\x04'],
];

function extensionIn(head: Uint8Array): string | undefined {
  const start = Buffer.from(head.subarray(0, 16)).toString('latin1');
  return SIGNATURES.find(([, at, signature]) => start.startsWith(signature, at))?.[0];
}

const TYPES: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  bmp: 'image/bmp',
  webp: 'image/webp',
  mp4: 'video/mp4',
  amr: 'audio/amr',
  ogg: 'audio/ogg',
  mp3: 'audio/mpeg',
  pdf: 'application/pdf',
  zip: 'application/zip',
  txt: 'text/plain; charset=utf-8',
};

/** By the name: the type that the file's host sends is unreliable (files.md §7). */
export function contentTypeOf(fileName: string): string {
  return TYPES[fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}
