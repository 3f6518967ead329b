import { oldOk, oldRefusal, Refusal } from '../gateway/envelope.ts';
import { parseMultipart } from '../gateway/multipart.ts';
import { type Call, guarded, type Route } from '../gateway/route.ts';
import type { MediaType } from '../world/records.ts';
import { type State, tell } from '../world/state.ts';
import { extensionOf, keepFile } from './file-shelf.ts';

/** POST /media/upload (files.md §1). */
export function mediaRoutes(state: State): Route[] {
  return [guarded('POST', '/media/upload', (call) => upload(state, call), 'raw')];
}

function upload(state: State, call: Call) {
  // No source shows DingTalk taking a chunked body (files.md §1.2), so the simulator takes none.
  if (call.header('content-length') === undefined)
    throw new Refusal('media.length', {
      status: 411,
      code: '411',
      body: { errcode: 411, errmsg: 'simulator: send Content-Length; chunked uploads are unproven at DingTalk' },
    });
  if (!call.header('content-type')) throw oldRefusal('media.content-type', 43004, '无效的HTTP HEADER Content-Type');
  const parts = parseMultipart(call.header('content-type') ?? '', call.raw);
  if (!parts) throw oldRefusal('media.not-multipart', 43008, '参数需要multipart类型');
  const inForm = parts.find((part) => part.name === 'type')?.data.toString('utf8');
  const type = mediaType(call.query.get('type') ?? inForm);
  if (!type) throw oldRefusal('media.type', 40004, '不合法的媒体文件类型,支持image,voice,video,file');
  const media = parts.find((part) => part.name === 'media');
  if (!media || media.fileName === undefined) throw oldRefusal('media.no-file', 41005, '缺少多媒体文件数据');
  if (media.data.length === 0) throw oldRefusal('media.empty', 44001, '多媒体文件为空');
  checkFile(state, type, media.fileName, media.data.length);
  const file = keepFile(state, {
    type,
    fileName: media.fileName,
    contentType: media.contentType ?? 'application/octet-stream',
    data: media.data,
  });
  const { data: _, ...facts } = file;
  tell(state, 'file', facts);
  return oldOk({ type, media_id: file.mediaId, created_at: state.clock.now() });
}

/** Sizes and endings of files.md §1.1. For `file` the list is not enforced, as the field shows, but html is refused. */
function checkFile(state: State, type: MediaType, fileName: string, size: number): void {
  const { most, endings } = rules[type];
  if (size > most)
    throw oldRefusal(
      'media.too-large',
      state.settings.mediaTooLargeCode,
      `不合法的文件大小: ${type} must not exceed ${most} bytes`,
    );
  const ending = extensionOf(fileName);
  const refused = type === 'file' ? ['html', 'htm'].includes(ending) : !endings.includes(ending);
  if (refused) throw oldRefusal('media.ending', 40005, `不合法的文件类型: .${ending}`);
}

function mediaType(text: string | undefined): MediaType | undefined {
  return text === 'image' || text === 'voice' || text === 'video' || text === 'file' ? text : undefined;
}

const MIB = 1024 * 1024;

const rules: Record<MediaType, { most: number; endings: string[] }> = {
  image: { most: 20 * MIB, endings: ['jpg', 'jpeg', 'gif', 'png', 'bmp'] },
  // ogg is not in the upload page's list, but sampleAudio asks for it
  voice: { most: 2 * MIB, endings: ['amr', 'mp3', 'wav', 'ogg'] },
  video: { most: 20 * MIB, endings: ['mp4'] },
  file: { most: 20 * MIB, endings: [] },
};
