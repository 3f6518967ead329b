import { newOk, newRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { numberIn, objectIn, textIn } from '../../json.ts';
import type { Dentry, StoredObject, Upload } from '../../world/drive.ts';
import type { State } from '../../world/state.ts';
import { addDentry, describeDentry } from './drive.ts';
import { actor, folderByUuid, nameFrom, parentIn, spaceFor } from './drive-access.ts';
import { checkRight } from './drive-rights.ts';
import { joinObjects } from './object-store.ts';

/** Turns what was put into the object store into a file of the drive (files.md §5.2). */
export function driveCommitRoutes(state: State): Route[] {
  return [
    guarded('POST', '/v2.0/storage/spaces/files/:parentDentryUuid/commit', (call) => {
      const { unionId } = actor(state, call);
      const folder = folderByUuid(state, call.params.parentDentryUuid);
      checkRight(state, folder, unionId, 'EDITOR');
      return commit(state, call, { api: 'v2', spaceId: folder.spaceId, parentId: folder.id, unionId });
    }),
    guarded('POST', '/v1.0/storage/spaces/:spaceId/files/commit', (call) => {
      const space = spaceFor(state, call, call.params.spaceId);
      const parentId = parentIn(state, space, textIn(call.body, 'parentId'));
      const { unionId } = actor(state, call);
      return commit(state, call, { api: 'v1', spaceId: space.spaceId, parentId, unionId });
    }),
  ];
}

type Target = { api: Upload['api']; spaceId: string; parentId: string; unionId: string };

async function commit(state: State, call: Call, { api, spaceId, parentId, unionId }: Target): Promise<Reply> {
  const uploadKey = textIn(call.body, 'uploadKey') ?? '';
  const upload = state.drive.uploads.get(uploadKey);
  const foreign = upload?.api === 'v1' && api === 'v2' && !state.settings.v2CommitTakesV1Key;
  if (!upload || upload.spaceId !== spaceId || foreign || (upload.api === 'v2' && api === 'v1'))
    throw newRefusal(
      'drive.upload-key',
      400,
      'paramError.uploadKey',
      'uploadKey is unknown, used up, or of another API',
    );
  const name = nameFrom(textIn(call.body, 'name'));
  const option = objectIn(call.body, 'option');
  const object = await objectOf(upload);
  if (!object)
    throw newRefusal(
      'drive.nothing-stored',
      400,
      'dentryStoreError',
      'nothing, or not every part, was put into the object store',
    );
  const size = numberIn(option, 'size');
  if (size !== undefined && size !== object.size)
    throw newRefusal(
      'drive.wrong-size',
      400,
      'paramError',
      `option.size is ${size}, the object has ${object.size} bytes`,
    );
  if (upload.md5 !== undefined && upload.md5 !== object.md5)
    throw newRefusal('drive.wrong-md5', 400, 'dentryStoreError', `md5 should be ${upload.md5}, is ${object.md5}`);
  const dentry = place(
    state,
    { spaceId, parentId, type: 'FILE', name, creatorId: unionId, object },
    option?.conflictStrategy,
  );
  state.drive.uploads.delete(uploadKey);
  return newOk({ dentry: describeDentry(state, dentry) });
}

/** The whole, once all parts from 1 on are there; all but the last have at least 100 KB (files.md §5.3). */
async function objectOf(upload: Upload): Promise<StoredObject | undefined> {
  if (!upload.multipart) return upload.object;
  const parts = [...upload.parts].sort(([a], [b]) => a - b);
  if (parts.length === 0 || parts.some(([number], index) => number !== index + 1)) return undefined;
  if (parts.slice(0, -1).some(([, part]) => part.size < LEAST_PART)) return undefined;
  return joinObjects(parts.map(([, part]) => part));
}

/** What happens when the name is taken (files.md §5.2). */
export function place(state: State, facts: Parameters<typeof addDentry>[1], strategy: unknown = 'AUTO_RENAME'): Dentry {
  const there = (name: string) =>
    state.drive.dentries.find(
      (dentry) => dentry.spaceId === facts.spaceId && dentry.parentId === facts.parentId && dentry.name === name,
    );
  const taken = there(facts.name);
  switch (strategy) {
    case 'AUTO_RENAME':
      break;
    case 'RETURN_ERROR_IF_EXISTS':
      if (taken) throw newRefusal('drive.name-taken', 400, 'dentryNameConflict', `${facts.name} is there already`);
      break;
    case 'RETURN_DENTRY_IF_EXISTS':
      if (taken) return taken;
      break;
    case 'OVERWRITE':
      if (taken) {
        const change = { object: facts.object, modifierId: facts.creatorId, modifiedAt: state.clock.now() };
        return Object.assign(taken, change, { version: taken.version + 1 });
      }
      break;
    default:
      throw newRefusal('drive.conflict-strategy', 400, 'paramError.conflictStrategy', `unknown: ${String(strategy)}`);
  }
  let name = facts.name;
  for (let count = 1; there(name); count += 1) name = numbered(facts.name, count);
  return addDentry(state, { ...facts, name });
}

function numbered(name: string, count: number): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? `${name.slice(0, dot)}(${count})${name.slice(dot)}` : `${name}(${count})`;
}

const LEAST_PART = 100 * 1024;
