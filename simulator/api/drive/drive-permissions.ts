import { newOk, newRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { numberIn, objectIn, textIn } from '../../json.ts';
import { type DriveGrant, roles, type Space } from '../../world/drive.ts';
import type { State } from '../../world/state.ts';
import { groupById, personById, personByUnionId } from '../../world/tenant.ts';
import { actor, spaceOf } from './drive-access.ts';
import { checkRight } from './drive-rights.ts';

/** Rights on a file or folder for people, groups and everybody (files.md §5.5). */
export function drivePermissionRoutes(state: State): Route[] {
  return [guarded('POST', '/v2.0/storage/spaces/dentries/:dentryUuid/permissions', (call) => grant(state, call))];
}

function grant(state: State, call: Call): Reply {
  const { unionId } = actor(state, call);
  const dentry = state.drive.dentries.find(({ uuid }) => uuid === call.params.dentryUuid);
  if (!dentry)
    throw newRefusal('drive.grant-no-file', 404, 'dentryNotExist', `there is no file ${call.params.dentryUuid}`);
  checkRight(state, dentry, unionId, 'MANAGER');
  const role = roles.find((candidate) => candidate === call.body.roleId);
  if (!role) throw newRefusal('drive.grant-role', 400, 'paramError', `roleId: one of ${roles.join(', ')}`);
  const seconds = durationOf(call, spaceOf(state, dentry.spaceId));
  const expiresAt = seconds === undefined ? undefined : state.clock.now() + seconds * 1000;
  const { members } = call.body;
  if (!Array.isArray(members) || members.length === 0 || members.length > MOST_MEMBERS)
    throw newRefusal('drive.grant-members', 400, 'paramError', `members: 1 to ${MOST_MEMBERS}`);
  const granted = members.map((member): DriveGrant => {
    const [type = '', id = ''] = [textIn(member, 'type'), textIn(member, 'id')];
    checkMember(state, type, id);
    return { type, id, role, expiresAt };
  });
  const again = (old: DriveGrant) => granted.some(({ type, id }) => type === old.type && id === old.id);
  dentry.grants = [...dentry.grants.filter((old) => !again(old)), ...granted];
  return newOk({ success: true });
}

/** At most an hour, and only where an app owns the space (files.md §5.5). */
function durationOf(call: Call, space: Space): number | undefined {
  const seconds = numberIn(objectIn(call.body, 'option'), 'duration');
  if (seconds === undefined) return undefined;
  if (seconds < 1 || seconds > 3600 || space.owner.type !== 'APP')
    throw newRefusal(
      'drive.grant-duration',
      400,
      'paramError',
      'duration: 1 to 3600 seconds, in a space that an app owns',
    );
  return seconds;
}

/** Whether a USER is named by userId or unionId, two pages disagree (files.md §5.5): a setting. */
function checkMember(state: State, type: string, id: string): void {
  const user = state.settings.driveMembersByUnionId ? personByUnionId : personById;
  const known: Record<string, boolean> = {
    ORG: id === state.tenant.corpId,
    DEPT: id === '1',
    USER: user(state.tenant, id) !== undefined,
    CONVERSATION: groupById(state.tenant, id) !== undefined,
    // not in the simulated organisation
    TAG: false,
    DYNAMIC_GROUP: false,
  };
  if (!known[type]) throw newRefusal('drive.grant-unknown-member', 400, 'paramError', `members: no ${type} ${id}`);
}

const MOST_MEMBERS = 30;
