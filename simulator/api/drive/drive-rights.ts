import { newRefusal } from '../../gateway/envelope.ts';
import { type Dentry, type DriveGrant, type Role, roles } from '../../world/drive.ts';
import type { State } from '../../world/state.ts';
import { groupById, type Person, personByUnionId } from '../../world/tenant.ts';
import { dentryById, mayUse } from './drive.ts';
import { spaceOf } from './drive-access.ts';

/** Throws unless the space is the person's own or one of their groups', or somebody gave them this role or a higher one. */
export function checkRight(state: State, dentry: Dentry, unionId: string, least: Role): void {
  const person = personByUnionId(state.tenant, unionId);
  if (mayUse(state, spaceOf(state, dentry.spaceId), unionId)) return;
  if (person && grantsOn(state, dentry).some((grant) => holds(state, grant, person, least))) return;
  throw newRefusal('drive.no-right', 403, 'permissionDenied', `${unionId} has no right to ${dentry.name}`);
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
