import { type Dentry, dentryById, mayUse } from './drive.ts';
import { spaceOf } from './drive-access.ts';
import { newRefusal } from './envelope.ts';
import type { State } from './state.ts';
import { groupById, type Person, personByUnionId } from './tenant.ts';

/** A right that was given to somebody on a file or folder, and on all below it (files.md §5.5). */
export type DriveGrant = { type: string; id: string; role: Role; expiresAt: number | undefined };
export type Role = (typeof roles)[number];
/** From the least; each may do what those before it may. */
export const roles = ['READER', 'DOWNLOADER', 'EDITOR', 'MANAGER', 'OWNER'] as const;

/** Throws unless the space is the person's own or one of their groups', or somebody gave them this role or a higher one. */
export function checkRight(state: State, dentry: Dentry, unionId: string, least: Role): void {
  const person = personByUnionId(state.tenant, unionId);
  if (mayUse(state, spaceOf(state, dentry.spaceId), unionId)) return;
  if (person && grantsOn(state, dentry).some((grant) => holds(state, grant, person, least))) return;
  throw newRefusal(403, 'permissionDenied', `${unionId} has no right to ${dentry.name}`);
}

function grantsOn(state: State, dentry: Dentry): DriveGrant[] {
  const parent = dentryById(state, dentry.parentId);
  return [...dentry.grants, ...(parent ? grantsOn(state, parent) : [])];
}

function holds(state: State, { type, id, role, expiresAt }: DriveGrant, person: Person, least: Role): boolean {
  if (roles.indexOf(role) < roles.indexOf(least)) return false;
  if (expiresAt !== undefined && expiresAt <= state.clock.now()) return false;
  // everybody is in the organisation and in its root department
  if (type === 'ORG' || type === 'DEPT') return true;
  if (type === 'CONVERSATION') return groupById(state.tenant, id)?.members.includes(person.userId) ?? false;
  return type === 'USER' && id === (state.settings.driveMembersByUnionId ? person.unionId : person.userId);
}
