import { newRefusal } from '../../gateway/envelope.ts';
import type { Call } from '../../gateway/route.ts';
import { textIn } from '../../json.ts';
import type { Dentry, Space } from '../../world/drive.ts';
import type { State } from '../../world/state.ts';
import { type Person, personByUnionId } from '../../world/tenant.ts';
import { dentryById, mayUse } from './drive.ts';

/** Who acts, and on what: the checks that every drive call begins with (files.md §5). */

/** Everything acts as a user, named by the query; some clients put it in the body, which is a setting (files.md §5.1). */
export function actor(state: State, call: Call): Person {
  const inBody = state.settings.unionIdInBody ? textIn(call.body, 'unionId') : undefined;
  const unionId = call.query.get('unionId') ?? inBody;
  const person = unionId === undefined ? undefined : personByUnionId(state.tenant, unionId);
  if (!person)
    throw newRefusal('drive.actor', 400, 'paramError', `unionId in the query is missing or unknown: ${unionId}`);
  return person;
}

export function spaceOf(state: State, spaceId: string | undefined): Space {
  const space = state.drive.spaces.find((candidate) => candidate.spaceId === spaceId);
  if (!space) throw newRefusal('drive.no-space', 404, 'spaceNotExist', `there is no space ${spaceId}`);
  return space;
}

export function spaceFor(state: State, call: Call, spaceId: string | undefined, status = 403): Space {
  const { unionId } = actor(state, call);
  const space = spaceOf(state, spaceId);
  if (!mayUse(state, space, unionId))
    throw newRefusal(
      'drive.no-right-to-space',
      status,
      'permissionDenied',
      `${unionId} has no right to the space ${spaceId}`,
    );
  return space;
}

/** "0" is the root of every space (files.md §5.1). */
export function parentIn(state: State, space: Space, parentId: string | undefined): string {
  if (parentId === undefined) throw newRefusal('drive.parent-missing', 400, 'paramError', 'parentId is missing');
  const parent = dentryById(state, parentId);
  if (parentId !== '0' && (parent?.spaceId !== space.spaceId || parent.type !== 'FOLDER'))
    throw newRefusal(
      'drive.no-parent',
      404,
      'dentryNotExist',
      `there is no folder ${parentId} in the space ${space.spaceId}`,
    );
  return parentId;
}

/** v2 calls name the folder by its uuid (files.md §5.1). */
export function folderByUuid(state: State, uuid: string | undefined): Dentry {
  const folder = state.drive.dentries.find((dentry) => dentry.uuid === uuid && dentry.type === 'FOLDER');
  if (!folder)
    throw newRefusal('drive.no-folder-uuid', 400, 'paramError.parentDentryUuid', `there is no folder ${uuid}`);
  return folder;
}

export function fileIn(state: State, spaceId: string | undefined, dentryId: string | undefined): Dentry {
  const dentry = dentryById(state, dentryId ?? '');
  if (!dentry || dentry.spaceId !== spaceId)
    throw newRefusal('drive.no-file', 404, 'dentryNotExist', `there is no file ${dentryId} in the space ${spaceId}`);
  return dentry;
}

/** No tab and none of `* " < > |`, no dot at the end; spaces around it are cut off (files.md §5.2). */
export function nameFrom(name: string | undefined): string {
  const trimmed = name?.trim() ?? '';
  if (trimmed === '') throw newRefusal('drive.name-missing', 400, 'paramError.name', 'name is missing');
  if (/[\t*"<>|]/.test(trimmed) || trimmed.endsWith('.'))
    throw newRefusal('drive.name-illegal', 400, 'dentryNameIllegal', `not a legal name: ${trimmed}`);
  return trimmed;
}
