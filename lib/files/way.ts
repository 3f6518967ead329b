import type { DestinationKind } from '../messages/destination.ts';

/** How a file goes into a conversation: as media that DingTalk keeps, or as a card with a download link. */
export type Way =
  | { way: 'image' | 'file'; mediaType: 'image' | 'file' }
  | { way: 'link-card'; code: string; reason: string };

/** DingTalk's "20 MB"; every client in the field reads it as MiB (files.md §1.1). */
export const MAX_MEDIA_BYTES = 20 * 1024 * 1024;
/** A work notification refers to files of at most 10 MB (files.md §6.4). */
export const MAX_NOTICE_FILE_BYTES = 10_000_000;

const IMAGES = ['jpg', 'jpeg', 'png', 'gif', 'bmp'];

/** The way for one destination kind and file (files.md §9). */
export function wayOf(kind: DestinationKind, fileName: string, size: number): Way {
  if (kind === 'custom-robot') {
    return { way: 'link-card', code: 'robot_carries_no_files', reason: 'a custom robot carries no files' };
  }
  if (size > MAX_MEDIA_BYTES) {
    return { way: 'link-card', code: 'over_media_limit', reason: `${size} bytes; DingTalk takes ${MAX_MEDIA_BYTES}` };
  }
  const extension = fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase();
  if (IMAGES.includes(extension)) return { way: 'image', mediaType: 'image' };
  if (kind === 'work-notification' && size > MAX_NOTICE_FILE_BYTES) {
    const reason = `${size} bytes; a work notification takes ${MAX_NOTICE_FILE_BYTES}`;
    return { way: 'link-card', code: 'over_notice_limit', reason };
  }
  return { way: 'file', mediaType: 'file' };
}

/** Size as people read it. */
export function readableSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
