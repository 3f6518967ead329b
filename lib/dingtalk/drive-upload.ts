import * as v from 'valibot';
import { chunks } from '../base/chunks.ts';
import { DingTalkRefusal } from '../base/dingtalk-errors.ts';
import { isRetryable } from '../base/errors.ts';
import { retry } from '../base/retry.ts';
import type { Caller } from './transport/call.ts';
import { refusalOf } from './transport/errors.ts';
import type { Http, Streamed } from './transport/http.ts';

export type DriveUpload = {
  fileName: string;
  content: Streamed;
  /** The bytes from `start` to `end`, both included. */
  parts(start: number, end: number): Streamed;
};
type Place = { unionId: string; spaceId: string; folderId: string; folderUuid: string };
type Uploaded = { dentryId: string; whole: boolean };

/** From this size on the upload has to be multipart (files.md §5.2). */
export const SINGLE_PUT_BYTES = 5 * 1024 ** 3;
/** 10,000 parts at most (files.md §5.3): room for 640 GB. */
const PART_BYTES = 64 * 1024 ** 2;
/** Parts whose signed addresses are asked for in one call; an address is valid for 15 minutes. */
const LOT = 5;
const ANEW = { tries: 3, mayPass };
/** The longest that a Lambda function may run. */
const PUT_TIMEOUT_MS = 15 * 60_000;

const Signed = v.object({
  resourceUrls: v.pipe(v.array(v.string()), v.minLength(1)),
  headers: v.record(v.string(), v.string()),
});
const Info = v.object({ uploadKey: v.string(), headerSignatureInfo: Signed });
const Begun = v.object({ uploadKey: v.string() });
const PartInfos = v.object({
  multipartHeaderSignatureInfos: v.array(v.object({ partNumber: v.number(), headerSignatureInfo: Signed })),
});
const Committed = v.object({ dentry: v.object({ id: v.string() }) });

/** Asks where to put the bytes, puts them there, and makes them a file (files.md §5.2, §5.3). */
export function createDriveUpload(deps: { call: Caller; http: Http; singlePutBytes?: number }) {
  const { call, http, singlePutBytes = SINGLE_PUT_BYTES } = deps;
  const post = <S extends v.GenericSchema>(
    operation: string,
    path: string,
    { unionId }: Place,
    body: Record<string, unknown>,
    reply: S,
    repeatable: boolean,
  ) => call({ operation, host: 'api', method: 'POST', path, query: { unionId }, body, reply, repeatable });

  async function single(place: Place, { fileName, content }: DriveUpload): Promise<Uploaded> {
    const files = `/v2.0/storage/spaces/files/${encodeURIComponent(place.folderUuid)}`;
    const size = content.length;
    const uploadKey = await retry(async () => {
      const option = { storageDriver: 'DINGTALK', preCheckParam: { size, name: fileName } };
      const ask = { protocol: 'HEADER_SIGNATURE', option };
      const info = await post('drive.uploadInfo', `${files}/uploadInfos/query`, place, ask, Info, true);
      await put(http, info.headerSignatureInfo, content);
      return info.uploadKey;
    }, ANEW);
    const body = { uploadKey, name: fileName, option: { size, conflictStrategy: 'AUTO_RENAME' } };
    const { dentry } = await post('drive.commit', `${files}/commit`, place, body, Committed, false);
    return { dentryId: dentry.id, whole: true };
  }

  async function inParts(place: Place, { fileName, content, parts }: DriveUpload): Promise<Uploaded> {
    const files = `/v1.0/storage/spaces/${encodeURIComponent(place.spaceId)}/files`;
    const size = content.length;
    const preCheckParam = { size, name: fileName, parentId: place.folderId };
    const option = { storageDriver: 'DINGTALK', preCheckParam };
    const { uploadKey } = await post(
      'drive.begin',
      `${files}/multiPartUploadInfos/init`,
      place,
      { option },
      Begun,
      true,
    );
    const partBytes = Math.min(PART_BYTES, singlePutBytes);
    const numbers = Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => index + 1);
    for (const partNumbers of chunks(numbers, LOT)) {
      await retry(async () => {
        const path = '/v1.0/storage/spaces/files/multiPartUploadInfos/query';
        const infos = await post('drive.partInfos', path, place, { uploadKey, partNumbers }, PartInfos, true);
        for (const { partNumber, headerSignatureInfo } of infos.multipartHeaderSignatureInfos) {
          const start = (partNumber - 1) * partBytes;
          await put(http, headerSignatureInfo, parts(start, Math.min(start + partBytes, size) - 1));
        }
      }, ANEW);
    }
    const body = {
      uploadKey,
      name: fileName,
      parentId: place.folderId,
      option: { size, conflictStrategy: 'AUTO_RENAME' },
    };
    const { dentry } = await post('drive.commit', `${files}/commit`, place, body, Committed, false);
    return { dentryId: dentry.id, whole: false };
  }

  return (place: Place, file: DriveUpload) =>
    file.content.length < singlePutBytes ? single(place, file) : inParts(place, file);
}

/** The PUT that most often fails: exactly the returned headers, and no Content-Type (files.md §5.4). */
async function put(http: Http, { resourceUrls: [url = ''], headers }: v.InferOutput<typeof Signed>, body: Streamed) {
  const { status, text } = await http({ method: 'PUT', url, headers, body, timeoutMs: PUT_TIMEOUT_MS });
  if (status === 200) return;
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? `http_${status}`;
  throw refusalOf('drive.put', { code, status, text: `the object store answered ${code}` });
}

/** A put that broke, or whose address expired meanwhile (401, 403), begins anew with a fresh address. */
function mayPass(error: unknown): boolean {
  const expired =
    error instanceof DingTalkRefusal && error.operation === 'drive.put' && [401, 403].includes(error.status);
  return expired || isRetryable(error);
}
