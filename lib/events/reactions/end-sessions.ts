import type { Member } from '../../base/visitor/session.ts';
import type { BusEvent } from '../event.ts';
import type { Corporations } from '../own-records.ts';

export type EndDeps = Corporations & {
  departures: { note(member: Member, at: number): Promise<void> };
};

/** Who leaves the organisation is signed out everywhere, and their personal links open nothing more (identity.md §5, rule 6). */
export function endSessions({ departures, corpIdOf }: EndDeps) {
  return ({ type, app, corpId = corpIdOf(app), occurredAt, data }: BusEvent) => {
    const { userId } = data;
    if (type !== 'user_leave_org' || corpId === undefined || !Array.isArray(userId)) return undefined;
    const people = userId.filter((each): each is string => typeof each === 'string');
    return {
      first: true as const,
      async run() {
        await Promise.all(people.map((each) => departures.note({ corpId, userId: each }, Date.parse(occurredAt))));
      },
    };
  };
}
