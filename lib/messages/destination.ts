import * as v from 'valibot';
import { KINDS, Destination as Registered, ReplyPlace } from '../../contract/requests/destinations.ts';

export { KINDS, Registered, ReplyPlace };

/** A target of messages: one that is registered under a name, or the place where somebody wrote to a robot. */
export type Destination = Registered | ReplyPlace;

/** Members of every JavaScript object: they cannot be keys of a record. */
const RESERVED = ['__proto__', 'prototype', 'constructor'];

/** A destination's name. It is also a path segment of uploads, so only few signs are allowed. */
export const DestinationName = v.pipe(
  v.string(),
  v.regex(/^[\p{L}\p{M}\p{N}_.-]{1,64}$/u, 'a name has 1 to 64 letters, digits, "_", "." or "-"'),
  v.check((name) => !RESERVED.includes(name), 'this name is reserved'),
);

export type DestinationKind = Destination['kind'];

/**
 * Stores destinations. `get` answers undefined for a name that is not registered; a place where somebody wrote to a robot
 * it answers as it was `at` that time (epoch ms), else as it is now.
 */
export type DestinationStore = {
  get(name: string, at?: number): Promise<Destination | undefined>;
  /** Reads it anew: whether it is another now than the one that was read. Left out where nothing is remembered. */
  changed?(name: string, read: Destination): Promise<boolean>;
};

/** A destination in the list of all, with the group of an app's robot. */
export type ListedDestination = {
  name: string;
  kind: Registered['kind'];
  openConversationId?: string | undefined;
  app?: string | undefined;
};

/** Lists destinations in the order of their names. */
export type DestinationLister = {
  list(page: {
    cursor?: string | undefined;
    limit: number;
  }): Promise<{ destinations: ListedDestination[]; cursor?: string }>;
};

/** The app that a destination belongs to; undefined: the first one. */
export function appNameOf(destination: Destination): string | undefined {
  return 'app' in destination ? destination.app : undefined;
}

const PEOPLE = /^@([^:]*):(.+)$/;

/** The name of a destination that is not stored: these people, one-to-one, by the robot of an app. */
export function nameOfPeople(app: string, userIds: readonly string[]): string {
  return `@${encodeURIComponent(app)}:${userIds.map(encodeURIComponent).join(',')}`;
}

/** The people of a name made by `nameOfPeople`. */
export function peopleNamed(name: string): { app: string; userIds: string[] } | undefined {
  const [, app = '', userIds] = PEOPLE.exec(name) ?? [];
  if (userIds === undefined) return undefined;
  return { app: decodeURIComponent(app), userIds: userIds.split(',').map(decodeURIComponent) };
}

const REPLY = /^re:([\w-]+)$/;

/** The name of a destination that is not registered: where the message of an event was said (`placeIdOf`). */
export function nameOfReply(id: string): string {
  return `re:${id}`;
}

/** The id in a name made by `nameOfReply`. */
export function replyNamed(name: string): string | undefined {
  return REPLY.exec(name)?.[1];
}
