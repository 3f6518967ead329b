import { newOk, newRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { type JsonObject, numberIn, objectIn, textIn } from '../../json.ts';
import type { Space, Upload } from '../../world/drive.ts';
import type { State } from '../../world/state.ts';
import { newKey } from './drive.ts';
import { actor, folderByUuid, nameFrom, parentIn, spaceFor, spaceOf } from './drive-access.ts';
import { checkRight } from './drive-rights.ts';
import { handOut } from './object-store.ts';

/** Where to put a file's bytes: one PUT below 5 GB, or parts (files.md §5.2, §5.3). */
export function driveUploadRoutes(state: State): Route[] {
  return [
    guarded('POST', '/v2.0/storage/spaces/files/:parentDentryUuid/uploadInfos/query', (call) => {
      const { unionId } = actor(state, call);
      const folder = folderByUuid(state, call.params.parentDentryUuid);
      const space = spaceOf(state, folder.spaceId);
      checkRight(state, folder, unionId, 'EDITOR');
      return uploadInfo(state, call, begin(state, call, space, { api: 'v2', parentId: folder.id, multipart: false }));
    }),
    guarded('POST', '/v1.0/storage/spaces/:spaceId/files/uploadInfos/query', (call) => {
      const space = spaceFor(state, call, call.params.spaceId);
      const { multipart } = call.body;
      // required, and true from 5 GB on
      const size = numberIn(preCheck(call), 'size') ?? 0;
      if (typeof multipart !== 'boolean' || (!multipart && size >= SINGLE_PUT))
        throw newRefusal('drive.multipart', 400, 'paramError', 'multipart: false below 5 GB, true from there on');
      const parentId = parentIn(state, space, textIn(preCheck(call), 'parentId') ?? '0');
      return uploadInfo(state, call, begin(state, call, space, { api: 'v1', parentId, multipart: false }));
    }),
    guarded('POST', '/v1.0/storage/spaces/:spaceId/files/multiPartUploadInfos/init', (call) => {
      const space = spaceFor(state, call, call.params.spaceId);
      const parentId = parentIn(state, space, textIn(preCheck(call), 'parentId') ?? '0');
      const uploadKey = begin(state, call, space, { api: 'v1', parentId, multipart: true });
      return newOk({ uploadKey, storageDriver: 'DINGTALK' });
    }),
    guarded('POST', '/v1.0/storage/spaces/files/multiPartUploadInfos/query', (call) => partInfos(state, call)),
  ];
}

function begin(state: State, call: Call, space: Space, how: Pick<Upload, 'api' | 'parentId' | 'multipart'>): string {
  const driver = textIn(objectIn(call.body, 'option'), 'storageDriver') ?? 'DINGTALK';
  if (driver !== 'DINGTALK')
    throw newRefusal('drive.storage-driver', 400, 'paramError.storageDriver', `unknown: ${driver}`);
  const check = preCheck(call);
  const name = textIn(check, 'name');
  if (name !== undefined) nameFrom(name);
  checkQuota(state, space, numberIn(check, 'size') ?? 0);
  const uploadKey = newKey(state);
  const md5 = textIn(check, 'md5')?.toLowerCase();
  state.drive.uploads.set(uploadKey, { ...how, spaceId: space.spaceId, md5, object: undefined, parts: new Map() });
  return uploadKey;
}

/** The space's own quota, then the organisation's (files.md §5.2). */
function checkQuota(state: State, space: Space, size: number): void {
  const held = (spaceId?: string) =>
    state.drive.dentries
      .filter((dentry) => spaceId === undefined || dentry.spaceId === spaceId)
      .reduce((sum, dentry) => sum + (dentry.object?.size ?? 0), 0);
  if (space.quota !== undefined && held(space.spaceId) + size > space.quota)
    throw newRefusal('drive.space-full', 400, 'spaceQuotaInsufficient', `the space holds ${space.quota} bytes`);
  if (held() + size > state.settings.driveQuotaBytes)
    throw newRefusal(
      'drive.org-full',
      400,
      'orgQuotaInsufficient',
      `the organisation holds ${state.settings.driveQuotaBytes} bytes`,
    );
}

function uploadInfo(state: State, call: Call, uploadKey: string): Reply {
  const protocol = textIn(call.body, 'protocol');
  if (protocol === undefined)
    throw newRefusal('drive.protocol-missing', 400, 'paramError.protocol', 'protocol is missing');
  if (protocol !== 'HEADER_SIGNATURE')
    throw newRefusal('drive.protocol-unknown', 400, 'dentryUploadProtocolNotSupport', `not supported: ${protocol}`);
  const upload = state.drive.uploads.get(uploadKey);
  const headerSignatureInfo = handOut(state, {
    method: 'PUT',
    object: undefined,
    stored: (object) => {
      if (upload) upload.object = object;
    },
  });
  return newOk({ uploadKey, storageDriver: 'DINGTALK', protocol, headerSignatureInfo });
}

/** At most 30 part numbers a call, 1 to 10 000 (files.md §5.3). */
function partInfos(state: State, call: Call): Reply {
  actor(state, call);
  const upload = state.drive.uploads.get(textIn(call.body, 'uploadKey') ?? '');
  if (!upload?.multipart)
    throw newRefusal('drive.part-key', 400, 'paramError.uploadKey', 'uploadKey is not one of a multipart upload');
  const { partNumbers } = call.body;
  const fits = (part: unknown): part is number =>
    typeof part === 'number' && Number.isInteger(part) && part >= 1 && part <= 10_000;
  if (!Array.isArray(partNumbers) || partNumbers.length < 1 || partNumbers.length > 30 || !partNumbers.every(fits))
    throw newRefusal('drive.part-numbers', 400, 'paramError', 'partNumbers: 1 to 30 of 1 to 10000');
  const multipartHeaderSignatureInfos = partNumbers.map((partNumber) => ({
    partNumber,
    headerSignatureInfo: handOut(state, {
      method: 'PUT',
      object: undefined,
      stored: (object) => upload.parts.set(partNumber, object),
    }),
  }));
  return newOk({ multipartHeaderSignatureInfos });
}

function preCheck(call: Call): JsonObject | undefined {
  return objectIn(objectIn(call.body, 'option'), 'preCheckParam');
}

const SINGLE_PUT = 5 * 1024 ** 3;
