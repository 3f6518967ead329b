import type { DestinationKind } from '../../messages/destination.ts';
import type { Way } from './share.ts';

/** How DingTalk treats a file, by its extension (files.md §9). */
export type FileClass = 'image' | 'document' | 'video' | 'audio' | 'other';

/** Why a file is not sent as itself, or not at all: a stable code and a text for people. */
export type Because = { code: string; reason: string };

/** DingTalk's "20 MB"; every client in the field reads it as MiB (files.md §1.1). */
export const MAX_MEDIA_BYTES = 20 * 1024 * 1024;
/** A work notification refers to files of at most 10 MB (files.md §6.4). */
export const MAX_NOTICE_FILE_BYTES = 10_000_000;

const EXTENSIONS: Record<Exclude<FileClass, 'other'>, readonly string[]> = {
  image: ['jpg', 'jpeg', 'png', 'gif', 'bmp'],
  document: ['doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx', 'pdf', 'zip', 'rar'],
  video: ['mp4'],
  audio: ['ogg', 'amr', 'mp3', 'wav'],
};

type Row = Record<FileClass, readonly Way[]> & {
  /** For an image larger than `upTo`, or another file larger than `filesUpTo`. */
  larger: readonly Way[];
  upTo: number;
  filesUpTo: number;
};

const card = ['link-card'] as const;
const media = ['file', 'drive', 'link-card'] as const;
const zipped = ['file', 'zip', 'drive', 'link-card'] as const;
const limits = { upTo: MAX_MEDIA_BYTES, filesUpTo: MAX_MEDIA_BYTES };

const WEBHOOK: Row = {
  ...limits,
  image: ['picture', 'link-card'],
  document: card,
  video: card,
  audio: card,
  other: card,
  larger: card,
};
const ROBOT: Row = {
  ...limits,
  image: ['image', 'file', 'drive', 'link-card'],
  document: media,
  video: zipped,
  audio: zipped,
  other: zipped,
  larger: ['drive', 'link-card'],
};
/** The legacy group calls share the message shapes of work notifications, and so their limit. */
const OLD: Row = {
  ...limits,
  filesUpTo: MAX_NOTICE_FILE_BYTES,
  image: ['image', 'file', 'link-card'],
  document: ['file', 'link-card'],
  video: ['file', 'zip', 'link-card'],
  audio: ['file', 'zip', 'link-card'],
  other: ['file', 'zip', 'link-card'],
  larger: card,
};

/** The decision table of files.md §9: the ways to try, in this order. */
export const WAYS: Record<DestinationKind, Row> = {
  'custom-robot': WEBHOOK,
  'custom-robot-pool': WEBHOOK,
  'robot-group': ROBOT,
  'robot-users': ROBOT,
  'work-notification': { ...OLD, image: ['image', 'link-card'] },
  conversation: OLD,
};

/** The ways for one destination kind and file, and why the file is not simply sent as itself. */
export function waysFor(
  kind: DestinationKind,
  fileName: string,
  size: number,
): { ways: readonly Way[]; why?: Because } {
  const row = WAYS[kind];
  const fileClass = classOf(fileName);
  const most = fileClass === 'image' ? row.upTo : row.filesUpTo;
  if (size > most) {
    const code = most === MAX_NOTICE_FILE_BYTES ? 'over_notice_limit' : 'over_media_limit';
    return { ways: row.larger, why: { code, reason: `${size} bytes; DingTalk takes ${most} for a ${kind}` } };
  }
  const ways = row[fileClass];
  if (ways[0] !== 'link-card') return { ways };
  return { ways, why: { code: 'robot_carries_no_files', reason: `a ${kind} carries no files` } };
}

export function classOf(fileName: string): FileClass {
  const extension = extensionOf(fileName);
  if (EXTENSIONS.image.includes(extension)) return 'image';
  if (EXTENSIONS.document.includes(extension)) return 'document';
  if (EXTENSIONS.video.includes(extension)) return 'video';
  return EXTENSIONS.audio.includes(extension) ? 'audio' : 'other';
}

/** In lower case and without its dot; empty when there is none. */
export function extensionOf(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  return dot > 0 ? fileName.slice(dot + 1).toLowerCase() : '';
}

/** Size as people read it. */
export function readableSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
