import { newOk, newRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { type JsonObject, numberIn, objectIn, textIn } from '../../json.ts';
import type { Dentry, Role, Space } from '../../world/drive.ts';
import type { State } from '../../world/state.ts';
import { type App, personByUnionId } from '../../world/tenant.ts';
import { addSpace, dentryById, describeDentry, driveTime } from './drive.ts';
import { actor, fileIn, nameFrom, parentIn, spaceFor, spaceOf } from './drive-access.ts';
import { place } from './drive-commit.ts';
import { checkRight } from './drive-rights.ts';
import { handOut } from './object-store.ts';

/** Spaces, folders, lists, previews and downloads of the drive (files.md §5.1, §5.5, §5.6). */
export function driveSpaceRoutes(state: State): Route[] {
  const dentries = '/v1.0/storage/spaces/:spaceId/dentries';
  return [
    guarded('POST', '/v1.0/storage/spaces', (call, app) => createSpace(state, call, app)),
    guarded('POST', `${dentries}/:parentId/folders`, (call) => createFolder(state, call)),
    guarded('GET', dentries, (call) => {
      const space = spaceFor(state, call, call.params.spaceId);
      const parentId = parentIn(state, space, call.query.get('parentId') ?? '0');
      const inParent = state.drive.dentries.filter((d) => d.spaceId === space.spaceId && d.parentId === parentId);
      const { nextToken, maxResults } = Object.fromEntries(call.query);
      return listed(state, inParent, { nextToken, maxResults, order: call.query.get('order') ?? 'ASC' });
    }),
    guarded('POST', `${dentries}/listAll`, (call) => {
      const space = spaceFor(state, call, call.params.spaceId);
      const all = state.drive.dentries.filter((dentry) => dentry.spaceId === space.spaceId);
      return listed(state, all, objectIn(call.body, 'option') ?? {});
    }),
    guarded('POST', `${dentries}/:dentryId/openInfos/query`, (call) => {
      const dentry = file(state, call, 'READER');
      if (!dentry.object)
        throw newRefusal('drive.preview-of-folder', 400, 'dentryPreviewNotSupport', 'a folder has no preview');
      return newOk({ url: `${state.url}/_sim/files/${dentry.id}`, hasWaterMark: false });
    }),
    guarded('POST', `${dentries}/:dentryId/downloadInfos/query`, (call) => {
      const { object } = file(state, call, 'DOWNLOADER');
      if (!state.settings.orgCertified)
        throw newRefusal('drive.org-not-certified', 403, 'orgAuthLevelNotEnough', 'the organisation is not certified');
      if (!object)
        throw newRefusal('drive.download-of-folder', 400, 'operationNotSupported', 'a folder cannot be downloaded');
      const headerSignatureInfo = handOut(state, { method: 'GET', object, stored: () => undefined });
      return newOk({ protocol: 'HEADER_SIGNATURE', headerSignatureInfo });
    }),
  ];
}

/**
 * From id to uuid and back (files.md §5.1). The person is `operatorId` here; how to get the uuid of a root is not
 * documented.
 */
export function driveIdRoutes(state: State): Route[] {
  const allowed = (call: Call, dentry: Dentry | undefined) => {
    const operatorId = call.query.get('operatorId') ?? '';
    if (!personByUnionId(state.tenant, operatorId))
      throw newRefusal('drive.operator', 400, 'paramError', 'operatorId is missing or unknown');
    if (!dentry) throw newRefusal('drive.no-such-uuid', 404, 'dentryNotExist', 'there is no such file');
    checkRight(state, dentry, operatorId, 'READER');
    return dentry;
  };
  return [
    guarded('GET', '/v2.0/doc/dentries/:dentryId/queryDentryUuid', (call) => {
      const found = dentryById(state, call.params.dentryId ?? '');
      const dentry = allowed(call, found?.spaceId === call.query.get('spaceId') ? found : undefined);
      return newOk({ dentryUuid: dentry.uuid });
    }),
    guarded('GET', '/v2.0/doc/dentries/:dentryUuid/queryDentryId', (call) => {
      const dentry = allowed(
        call,
        state.drive.dentries.find(({ uuid }) => uuid === call.params.dentryUuid),
      );
      return newOk({ dentryId: dentry.id, spaceId: dentry.spaceId });
    }),
  ];
}

/** The same scene and sceneId give the same space; they default to `default` and `0` (files.md §5.1). */
function createSpace(state: State, call: Call, app: App): Reply {
  const { unionId } = actor(state, call);
  const option = objectIn(call.body, 'option');
  const ownerType = textIn(option, 'ownerType') ?? 'USER';
  if (ownerType !== 'USER' && ownerType !== 'APP')
    throw newRefusal('drive.owner-type', 400, 'paramError', 'ownerType: USER or APP');
  const scene = textIn(option, 'scene') ?? 'default';
  const sceneId = textIn(option, 'sceneId') ?? '0';
  const quota = numberIn(option, 'quota');
  const same = ({ appKey, scene: s, sceneId: i }: Space) => appKey === app.appKey && s === scene && i === sceneId;
  const space =
    state.drive.spaces.find(same) ??
    addSpace(state, {
      name: nameFrom(textIn(option, 'name') ?? `${scene}-${sceneId}`),
      appKey: app.appKey,
      scene,
      sceneId,
      owner: ownerType === 'USER' ? { type: 'USER', unionId } : { type: 'APP' },
      ...(quota === undefined ? {} : { quota }),
    });
  const at = driveTime(state, space.at);
  return newOk({
    space: {
      id: space.spaceId,
      name: space.name,
      scene,
      sceneId,
      ownerType: space.owner.type,
      createTime: at,
      modifiedTime: at,
    },
  });
}

function createFolder(state: State, call: Call): Reply {
  const space = spaceFor(state, call, call.params.spaceId);
  const { unionId } = actor(state, call);
  const parentId = parentIn(state, space, call.params.parentId);
  const name = nameFrom(textIn(call.body, 'name'));
  const facts = {
    spaceId: space.spaceId,
    parentId,
    type: 'FOLDER' as const,
    name,
    creatorId: unionId,
    object: undefined,
  };
  const dentry = place(state, facts, objectIn(call.body, 'option')?.conflictStrategy);
  return newOk({ dentry: describeDentry(state, dentry) });
}

function file(state: State, call: Call, least: Role): Dentry {
  const { unionId } = actor(state, call);
  const dentry = fileIn(state, spaceOf(state, call.params.spaceId).spaceId, call.params.dentryId);
  checkRight(state, dentry, unionId, least);
  return dentry;
}

/** At most 50 a page, by the time of change (files.md §5.6). */
function listed(state: State, found: Dentry[], option: JsonObject): Reply {
  const start = numberIn(option, 'nextToken') ?? 0;
  const most = numberIn(option, 'maxResults') ?? PAGE;
  if (start < 0 || most < 1 || most > PAGE)
    throw newRefusal('drive.page-size', 400, 'paramError', `maxResults: 1 to ${PAGE}`);
  const sign = option.order === 'DESC' ? -1 : 1;
  const sorted = found.toSorted((a, b) => sign * (a.modifiedAt - b.modifiedAt));
  const more = start + most < sorted.length ? { nextToken: String(start + most) } : {};
  return newOk({ dentries: sorted.slice(start, start + most).map((dentry) => describeDentry(state, dentry)), ...more });
}

const PAGE = 50;
