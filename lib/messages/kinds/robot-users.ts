import { chunks } from '../../base/chunks.ts';
import { type DestinationStore, peopleNamed } from '../destination.ts';
import { APP_ROBOT, showOrSay } from './app-robot.ts';
import type { DestinationOf, Kind } from './kind.ts';

type RobotUsers = DestinationOf<'robot-users'>;

/** Receivers of one call (messaging.md §3.2). */
const USERS_A_CALL = 20;

/** People, one to one, by the robot of an app. */
export const robotUsers: Kind<RobotUsers> = {
  ...APP_ROBOT,
  batches: (to) => chunks(to.userIds, USERS_A_CALL).map((userIds) => ({ ...to, userIds })),
  again: (to, userIds) => ({ ...to, userIds: userIds.slice(0, USERS_A_CALL) }),
  reach: ({ userIds }) => ({ people: userIds.length }),
  spaces: spacesOf,
  send({ appNamed }, to, message) {
    const app = appNamed(to.app);
    return showOrSay(app, message, spacesOf(to), async (body) => {
      const sent = await app.robot.sendToUsers({ userIds: to.userIds, ...body });
      const people = to.userIds.map((userId) => {
        if (sent.invalidUserIds.includes(userId)) return { userId, outcome: 'invalid' as const };
        if (sent.throttledUserIds.includes(userId)) return { userId, outcome: 'throttled' as const };
        return { userId, outcome: 'accepted' as const };
      });
      return { receipt: sent.processQueryKey, people };
    });
  },
  async recall(appNamed, { app }, receipts) {
    return (await appNamed(app).sentMessages.recallFromUsers(receipts)).failed;
  },
  readers: (appNamed, { app }, receipt) => appNamed(app).sentMessages.readersAmongUsers(receipt),
};

/** Also resolves names made by `nameOfPeople`; for delivery only, never for names that callers give. */
export function withPeople(destinations: DestinationStore): DestinationStore {
  return {
    ...destinations,
    async get(name) {
      const named = peopleNamed(name);
      return named ? { kind: 'robot-users', ...named } : destinations.get(name);
    },
  };
}

function spacesOf({ userIds }: RobotUsers) {
  return userIds.map((userId) => ({ userId }));
}
