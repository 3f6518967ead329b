import type { DestinationKind } from '../../messages/destination.ts';
import type { Kind } from '../../messages/kinds/kind.ts';
import { kindOf } from '../../messages/kinds/kinds.ts';
import type { Way } from './share.ts';

/** How DingTalk treats a file, by its extension (files.md §9). */
export type FileClass = 'image' | 'document' | 'video' | 'audio' | 'other';

/** Why a file is not sent as itself, or not at all: a stable code and a text for people. */
export type Because = { code: string; reason: string };

/** DingTalk's "20 MB"; every client in the field reads it as MiB (files.md §1.1). */
export const MAX_MEDIA_BYTES = 20 * 1024 * 1024;

const EXTENSIONS: Record<Exclude<FileClass, 'other'>, readonly string[]> = {
  image: ['jpg', 'jpeg', 'png', 'gif', 'bmp'],
  document: ['doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx', 'pdf', 'zip', 'rar'],
  video: ['mp4'],
  audio: ['ogg', 'amr', 'mp3', 'wav'],
};

/**
 * The decision table of files.md §9, by what a kind carries: the ways to try for a file that DingTalk takes, in this order.
 * A kind that carries no files shows images by their address. Documents need no archive around them.
 */
function waysOf({ carries, imageAsFile, spaces }: Kind, fileClass: FileClass): Way[] {
  const isImage = fileClass === 'image';
  if (!carries.includes('file')) return isImage ? ['picture', 'link-card'] : ['link-card'];
  if (isImage && imageAsFile === false) return ['image', 'link-card'];
  const zip: Way[] = isImage || fileClass === 'document' ? [] : ['zip'];
  return [...(isImage ? (['image'] as const) : []), 'file', ...zip, ...(spaces ? DRIVE : []), 'link-card'];
}

const DRIVE = ['drive'] as const;

/** The ways for one destination kind and file, and why the file is not simply sent as itself. */
export function waysFor(
  kind: DestinationKind,
  fileName: string,
  size: number,
): { ways: readonly Way[]; why?: Because } {
  const able = kindOf({ kind });
  const fileClass = classOf(fileName);
  const { maxFileBytes = MAX_MEDIA_BYTES, spaces } = able;
  const most = fileClass === 'image' ? MAX_MEDIA_BYTES : maxFileBytes;
  if (size > most) {
    const code = most === MAX_MEDIA_BYTES ? 'over_media_limit' : 'over_notice_limit';
    const why = { code, reason: `${size} bytes; DingTalk takes ${most} for a ${kind}` };
    return { ways: [...(spaces ? DRIVE : []), 'link-card'], why };
  }
  const ways = waysOf(able, fileClass);
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
