import { createHash } from 'node:crypto';
import type { MessageFile } from '../world/message.ts';
import type { MediaType, StoredFile } from '../world/records.ts';
import { remember, type State } from '../world/state.ts';

export function keepFile(
  state: State,
  file: { type: MediaType; fileName: string; contentType: string; data: Buffer },
): StoredFile {
  const stored = {
    ...file,
    mediaId: `${prefixes[file.type]}${state.chance.bytes(18).toString('base64url')}`,
    size: file.data.length,
    sha256: createHash('sha256').update(file.data).digest('hex'),
    at: new Date(state.clock.now()).toISOString(),
  };
  remember(state.files, stored, state.settings.mostKept);
  makeRoom(state.files);
  return stored;
}

export function fileOf(state: State, mediaId: string): StoredFile | undefined {
  return state.files.find((file) => file.mediaId === mediaId);
}

export function messageFile(file: StoredFile, fileName = file.fileName): MessageFile {
  const { mediaId, size, sha256 } = file;
  const url = `/_sim/files/${encodeURIComponent(mediaId)}`;
  return { mediaId, fileName, fileType: extensionOf(fileName), size, sha256, url };
}

export function extensionOf(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  return dot === -1 ? '' : fileName.slice(dot + 1).toLowerCase();
}

function makeRoom(files: StoredFile[]): void {
  let held = files.reduce((sum, file) => sum + (file.data?.length ?? 0), 0);
  for (const file of files) {
    if (held <= MOST_BYTES) return;
    held -= file.data?.length ?? 0;
    file.data = undefined;
  }
}

/** Shapes seen in the field (files.md §1.3). */
const prefixes: Record<MediaType, string> = { image: '@lADP', voice: '@lATP', video: '@lAjP', file: '@lAjP' };

const MOST_BYTES = 512 * 1024 * 1024;
