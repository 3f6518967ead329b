import type { JsonObject } from '../../json.ts';
import type { Dentry, Space, StoredObject } from '../../world/drive.ts';
import type { MessageFile } from '../../world/message.ts';
import { nextId, type State } from '../../world/state.ts';
import { groupById, personByUnionId } from '../../world/tenant.ts';
import { extensionOf } from '../file-shelf.ts';

export function addSpace(state: State, facts: Omit<Space, 'spaceId' | 'at'>): Space {
  const space = { spaceId: nextId(state, '2600'), at: state.clock.now(), ...facts };
  state.drive.spaces.push(space);
  return space;
}

/** The space of a group is created when it is first asked for. */
export function groupSpace(state: State, conversation: string): Space {
  const there = state.drive.spaces.find(
    ({ owner }) => owner.type === 'CONVERSATION' && owner.conversation === conversation,
  );
  return there ?? addSpace(state, { name: conversation, owner: { type: 'CONVERSATION', conversation } });
}

export function addDentry(
  state: State,
  facts: Pick<Dentry, 'spaceId' | 'parentId' | 'type' | 'name' | 'creatorId' | 'object'>,
): Dentry {
  const now = state.clock.now();
  const times = { createdAt: now, modifiedAt: now };
  const ids = { id: nextId(state, '17000'), uuid: state.chance.bytes(16).toString('hex') };
  const dentry: Dentry = { ...facts, ...ids, ...times, modifierId: facts.creatorId, version: 1, grants: [] };
  state.drive.dentries.push(dentry);
  return dentry;
}

/** A person's own space, or one of a group they are in. In an app's space everybody needs a grant (files.md §5). */
export function mayUse(state: State, space: Space, unionId: string): boolean {
  const { owner } = space;
  if (owner.type === 'USER') return owner.unionId === unionId;
  if (owner.type === 'APP') return false;
  const userId = personByUnionId(state.tenant, unionId)?.userId ?? '';
  return groupById(state.tenant, owner.conversation)?.members.includes(userId) ?? false;
}

export function dentryById(state: State, id: string): Dentry | undefined {
  return state.drive.dentries.find((dentry) => dentry.id === id);
}

function pathOf(state: State, dentry: Dentry): string {
  const parent = dentryById(state, dentry.parentId);
  return `${parent ? pathOf(state, parent) : ''}/${dentry.name}`;
}

/** A dentry as answers show it (files.md §5.2). */
export function describeDentry(state: State, dentry: Dentry): JsonObject {
  const { object, createdAt, modifiedAt, grants: _, ...facts } = dentry;
  return {
    ...facts,
    ...(object ? { size: object.size, extension: extensionOf(dentry.name) } : {}),
    path: pathOf(state, dentry),
    status: 'NORMAL',
    partitionType: 'PUBLIC_OSS_PARTITION',
    storageDriver: 'DINGTALK',
    createTime: driveTime(state, createdAt),
    modifiedTime: driveTime(state, modifiedAt),
  };
}

/** The documents promise ISO 8601, real answers look like `Fri Mar 06 16:33:28 CST 2026` (files.md §5.6). */
export function driveTime(state: State, at: number): string {
  if (state.settings.driveTimesIso) return new Date(at).toISOString();
  const [day = '', date, month, year, time] = new Date(at + BEIJING_MS).toUTCString().split(' ');
  return `${day.slice(0, 3)} ${month} ${date} ${time} CST ${year}`;
}

export function driveFile(dentry: Dentry, object: StoredObject): MessageFile {
  return {
    spaceId: dentry.spaceId,
    dentryId: dentry.id,
    fileName: dentry.name,
    fileType: extensionOf(dentry.name),
    size: object.size,
    sha256: object.sha256,
    url: `/_sim/files/${dentry.id}`,
  };
}

export function newKey(state: State): string {
  return state.chance.bytes(24).toString('base64url');
}

const BEIJING_MS = 8 * 3_600_000;
