import * as v from 'valibot';
import { DestinationList, DestinationView } from '../../contract/answers/destinations.ts';
import type { ListDestinations } from '../../contract/requests/destinations.ts';
import { type Access, mayBind, refuseTarget } from '../base/access.ts';
import { type Fault, InvalidInput } from '../base/errors.ts';
import { without } from '../base/without.ts';
import { type Destination, type DestinationLister, DestinationName, type DestinationStore } from './destination.ts';
import { meantBy, orMeant } from './meant.ts';

export type DestinationsDeps = {
  destinations: DestinationStore &
    DestinationLister & {
      /** As it stands in the table now, and not as it was remembered. */
      read(name: string): Promise<Destination | undefined>;
      put(name: string, destination: Destination): Promise<void>;
      remove(name: string): Promise<void>;
    };
  conversations: {
    /** The title of each of these groups, in their order; undefined where no event told it. */
    titles(groups: readonly { app: string; openConversationId: string }[]): Promise<(string | undefined)[]>;
  };
  /** The app of destinations that name none. */
  defaultApp: string;
  /** What is wrong with the name of an app. */
  appFaults(name: string | undefined): Fault[];
  /** The only topic of SNS that may be a fallback; empty: none. */
  fallbackTopicArn: string;
};

type Stored = Pick<DestinationsDeps, 'destinations'>;

const PAGE = 100;

const Given = v.object({
  app: v.optional(v.string()),
  fallback: v.optional(v.object({ to: v.optional(v.string()), topicArn: v.optional(v.string()) })),
});

/** Refuses an app that is not in the secret, and a fallback that is not there, before messages fail because of it. */
export async function bindingFaults(deps: DestinationsDeps, body: unknown, access: Access): Promise<Fault[]> {
  const given = v.safeParse(Given, body);
  if (!given.success) return [];
  const { app, fallback = {} } = given.output;
  return [...deps.appFaults(app), ...(await fallbackFaults(deps, fallback, access))];
}

async function fallbackFaults(
  { destinations, fallbackTopicArn }: DestinationsDeps,
  { to, topicArn }: NonNullable<v.InferOutput<typeof Given>['fallback']>,
  access: Access,
): Promise<Fault[]> {
  const path = 'fallback';
  const isThere = to === undefined || (await destinations.get(to.normalize('NFC'))) !== undefined;
  const meant = to !== undefined && !isThere ? orMeant(await meantBy(destinations, access)(to)) : '';
  const unknown = `no destination is named "${to}"${meant || '; register it first'}`;
  const only = fallbackTopicArn === '' ? 'the stage has none: set fallbackTopicArn' : `it is ${fallbackTopicArn}`;
  return [
    ...(isThere ? [] : [{ path: `${path}.to`, code: 'unknown_destination', message: unknown }]),
    ...(topicArn === undefined || topicArn === fallbackTopicArn
      ? []
      : [
          { path: `${path}.topicArn`, code: 'topic_not_allowed', message: `only one topic may be a fallback; ${only}` },
        ]),
  ];
}

/**
 * Registers or replaces a destination. The name is a path segment of uploads too, so it is kept plain. A key for certain
 * destinations gives their robots another secret and changes nothing else.
 */
export async function putDestination(
  { destinations }: Stored,
  { name, destination, access }: { name: string; destination: Destination; access: Access },
): Promise<DestinationView> {
  if (!v.is(DestinationName, name)) {
    const message = `"${name}" is not a valid name; use 1 to 64 letters, digits, "_", "." or "-", and no reserved word`;
    throw new InvalidInput('destinations.put', 'invalid_name', [{ path: 'name', code: 'invalid_name', message }]);
  }
  if (destination.fallback?.to === name) {
    const message = 'a destination cannot be its own fallback; name another one';
    const fault = { path: 'fallback.to', code: 'fallback_is_itself', message };
    throw new InvalidInput('destinations.put', 'invalid_request', [fault]);
  }
  if (!mayBind(access)) {
    const before = await destinations.read(name);
    if (!before || targetOf(before) !== targetOf(destination)) refuseTarget(access);
  }
  await destinations.put(name, destination);
  return destinationView(name, destination);
}

/** The destinations in the order of their names, with nothing of what is sealed: a page is two reads, however large they are. */
export async function listDestinations(
  { destinations, conversations, defaultApp }: Pick<DestinationsDeps, 'destinations' | 'conversations' | 'defaultApp'>,
  { cursor, limit = PAGE }: ListDestinations,
): Promise<DestinationList> {
  const { destinations: found, ...next } = await destinations.list({ cursor, limit });
  const groups = found.flatMap(({ name, openConversationId, app = defaultApp }) =>
    openConversationId === undefined ? [] : [{ name, app, openConversationId }],
  );
  const titles = await conversations.titles(groups);
  const titleOf = new Map(groups.map(({ name }, index) => [name, titles[index]]));
  return v.parse(DestinationList, { items: found.map((one) => ({ ...one, title: titleOf.get(one.name) })), ...next });
}

export async function getDestination({ destinations }: Stored, name: string, access: Access): Promise<DestinationView> {
  const destination = await destinations.get(name);
  if (destination) return destinationView(name, destination);
  const meant = orMeant(await meantBy(destinations, access)(name));
  const fault: Fault = {
    path: 'name',
    code: 'unknown_destination',
    message: `no destination is named "${name}"${meant}`,
  };
  throw new InvalidInput('destinations.get', 'unknown_destination', [fault]);
}

/** A destination without its robots' secrets; the access token says which robot it is, and so which group. */
function targetOf(destination: Destination): string {
  const robots = 'robots' in destination ? { robots: destination.robots.map((robot) => without(robot, 'secret')) } : {};
  // both were read by one schema, so their members stand in one order
  return JSON.stringify({ ...('secret' in destination ? without(destination, 'secret') : destination), ...robots });
}

export async function removeDestination(
  { destinations }: Stored,
  { name, access }: { name: string; access: Access },
): Promise<void> {
  if (!mayBind(access)) refuseTarget(access);
  await destinations.remove(name);
}

/** A destination without what must not come out again; of a robot, whether it signs. */
function destinationView(name: string, destination: Destination): DestinationView {
  const signs = (robot: { secret?: string | undefined }) => ({ signs: robot.secret !== undefined });
  const robots = 'robots' in destination ? { robots: destination.robots.map(signs) } : {};
  const own = 'accessToken' in destination ? signs(destination) : {};
  return v.parse(DestinationView, { ...destination, name, ...robots, ...own });
}
