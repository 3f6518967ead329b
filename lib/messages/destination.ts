import * as v from 'valibot';
import { Destination } from '../../contract/requests/destinations.ts';

export { Destination };

/** Members that every JavaScript object has: records keyed by names must not hold them. */
const RESERVED = ['__proto__', 'prototype', 'constructor'];

/** A destination's name. It is a path segment of uploads too, so it is kept plain. */
export const DestinationName = v.pipe(
  v.string(),
  v.regex(/^[\p{L}\p{N}_.-]{1,64}$/u, 'a name has 1 to 64 letters, digits, "_", "." or "-"'),
  v.check((name) => !RESERVED.includes(name), 'this name is reserved'),
);

export type DestinationKind = Destination['kind'];

/** Where destinations are kept. `get` answers undefined for a name nobody registered. */
export type DestinationStore = { get(name: string): Promise<Destination | undefined> };

const PEOPLE = /^@([^:]*):(.+)$/;

/** The name of a destination that nobody registers: these people, each one to one, by the robot of an app. */
export function nameOfPeople(app: string, userIds: readonly string[]): string {
  return `@${encodeURIComponent(app)}:${userIds.map(encodeURIComponent).join(',')}`;
}

/** Destinations with those that `nameOfPeople` names: for what delivers, not for what takes names from outside. */
export function withPeople(destinations: DestinationStore): DestinationStore {
  return {
    async get(name) {
      const [, app = '', userIds] = PEOPLE.exec(name) ?? [];
      if (userIds === undefined) return destinations.get(name);
      const people = userIds.split(',').map(decodeURIComponent);
      return { kind: 'robot-users', userIds: people, app: decodeURIComponent(app) };
    },
  };
}
