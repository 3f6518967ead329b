import { NotAllowed } from './errors.ts';
import type { Spend } from './quota/budget.ts';

/** What an API key can be allowed to do. */
export const SCOPES = [
  'messages:send',
  'messages:read',
  'events:reply',
  'tasks:write',
  'tasks:read',
  'approvals:write',
  'approvals:read',
  'files:share',
  'files:read',
  'destinations:write',
  'destinations:read',
  'sources:write',
  'sources:read',
] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * Who calls, and what its key reaches. `*` stands for all, those of later releases included. A destination comes with its
 * group, its people and its app; people and apps are what is reached beside destinations, as by tasks.
 */
export type Access = {
  /** The key's name, for words to its holder. */
  caller: string;
  /** Whose records these are: keys that follow one another share it. */
  owner: string;
  scopes: readonly string[];
  destinations: readonly string[];
  /** By their userId. */
  people: readonly string[];
  apps: readonly string[];
  /** For a key with a budget. */
  spend?: Spend;
};

/** What a route needs, and what a request to it reaches, as the contract says it (contract/route.ts). */
type Reaching = {
  needs: Scope | 'key' | 'none';
  reaches: {
    destinations?: readonly string[];
    people?: readonly string[];
    apps?: readonly string[];
    objects?: readonly string[];
    all?: true;
    targets?: true;
  };
};

/** The parts of a request in which members may name something, before anything in them is checked. */
export type Given = { path: unknown; query: unknown; body: unknown };

/** Prefix of a media id that names an object of the bucket: `s3:media/chart.png`. */
export const OBJECT = 's3:';

/**
 * Holds all that a request reaches against what its key was given, before anything is looked up, kept or sent.
 * @throws NotAllowed that says what the key lacks
 */
export function requireReach(access: Access, { needs, reaches }: Reaching, given: Given): void {
  if (needs !== 'key' && needs !== 'none') requireScope(access, needs);
  const isForAll = access.destinations.includes('*');
  if (reaches.all && !(isForAll && (!reaches.people || access.people.includes('*')))) {
    const what = isForAll ? 'people' : 'destinations';
    throw refusal(
      'list_not_allowed',
      access,
      `is for certain ${what}, and a list shows all`,
      'Ask for single records.',
    );
  }
  const named = (places: readonly string[] = []) => places.flatMap((place) => leavesAt(given, place.split('.')));
  requireDestinations(access, textsOf(named(reaches.destinations)));
  requirePeople(access, named(reaches.people));
  for (const place of reaches.apps ?? []) requireApp(access, leavesAt(given, place.split('.'))[0]?.value);
  const to = textsOf(named(reaches.destinations));
  for (const media of textsOf(named(reaches.objects))) requireObject(access, media, to);
}

/** A record as far as it tells who may have it. */
type Owned = {
  /** Undefined for what nobody with a key made, such as a file that was put into the bucket. */
  owner?: string | undefined;
  destinations: readonly string[];
  /** The people and the app that a change of the record reaches; left out where it is only shown. */
  people?: readonly string[];
  app?: string | undefined;
};

/**
 * Holds a record that was read by its id against the key: all its destinations have to be the key's; one without any
 * belongs to its owner, and to keys for all destinations.
 * @throws NotAllowed that says what the key lacks
 */
export function requireRecord(access: Access, record: Owned): void {
  requireDestinations(access, record.destinations, OF_RECORD);
  const isOwn = record.owner !== undefined && record.owner === access.owner;
  if (record.destinations.length === 0 && !isOwn && !access.destinations.includes('*')) {
    throw refusal(
      'record_not_allowed',
      access,
      'is for certain destinations, and this record belongs to another owner',
    );
  }
  if (!record.people) return;
  requirePeople(access, record.people, OF_RECORD);
  requireApp(access, record.app, OF_RECORD);
}

/** What a refusal says in place of names that only the record has: they are not for whoever asked. */
const OF_RECORD = 'others that this record reaches';

/** Whether a key may act on a record of this app as this person: the scope to write such records, the person and the app. */
export function mayActAs(
  access: Access,
  { userId, app, scope }: { userId: string; app?: string | undefined; scope: Scope },
) {
  const hasApp = access.apps.includes('*') || (app !== undefined && access.apps.includes(app));
  return holds(access.scopes, scope) && holds(access.people, userId) && hasApp;
}

/** Whether a key is for this destination. */
export function mayUse(access: Pick<Access, 'destinations'>, destination: string): boolean {
  return holds(access.destinations, destination);
}

/** Whether a key may bind names to targets; one for certain destinations only changes the credentials of theirs. */
export function mayBind(access: Access): boolean {
  return access.destinations.includes('*');
}

/** Whether a key may know the names of all destinations: those that GET /destinations answers. */
export function maySeeNames(access: Access): boolean {
  return holds(access.scopes, 'destinations:read') && access.destinations.includes('*');
}

/** @throws NotAllowed for a change of a destination that is more than new credentials */
export function refuseTarget(access: Access): never {
  const why = 'is for certain destinations: it changes the secret of their robots, and not where they lead';
  throw refusal('target_not_allowed', access, why, 'Ask an operator, or use a key for all destinations.');
}

/** Below these an object may be named as media. Shares belong to the destinations that their key names. */
export const MEDIA_PREFIX = 'media/';
const SHARE_PREFIX = 'share/';

/** Whether an object may be media at all: what people sent to the robot, and uploads with an address, never are. */
export function isMediaKey(key: string): boolean {
  return key.startsWith(MEDIA_PREFIX) || key.startsWith(SHARE_PREFIX);
}

function requireObject(access: Access, media: string, to: readonly string[]): void {
  if (!media.startsWith(OBJECT)) return; // an id of DingTalk's own
  requireScope(access, 'files:read');
  const key = media.slice(OBJECT.length);
  if (key.startsWith(MEDIA_PREFIX)) return;
  const [prefix, names = '', ...name] = key.split('/');
  const shared = names.split(',').map((each) => each.trim().normalize('NFC'));
  if (`${prefix}/` === SHARE_PREFIX && name.length > 0 && shared.some((each) => to.includes(each))) {
    requireDestinations(access, shared);
    return;
  }
  const remedy = `It takes objects below ${MEDIA_PREFIX}, and below ${SHARE_PREFIX}<destination>/ of a destination in "to".`;
  throw new NotAllowed('objects', { code: 'object_not_allowed', remedy: `"${media}" is not for messages. ${remedy}` });
}

function requireScope(access: Access, needs: Scope): void {
  if (holds(access.scopes, needs)) return;
  const has = access.scopes.join(', ') || 'none';
  const isKey = holdsKey(access);
  const why = `${isKey ? 'This' : 'You may not do this: it'} takes the scope ${needs}; ${nameOf(access)} has ${has}.`;
  const then = isKey ? 'Make one that has it: dingdock keys create' : 'Ask whoever runs the stage for it.';
  throw new NotAllowed('scopes', { code: 'scope_missing', remedy: `${why} ${then}` });
}

/** People who signed in, and callers by tokens or AWS, have no key of ours. */
const holdsKey = ({ owner }: Access) => owner.startsWith('key:');
const nameOf = (access: Access) => (holdsKey(access) ? `the key "${access.caller}"` : `"${access.caller}"`);

/** Every name that the key lacks is told at once, where whoever asks has named it. */
function requireDestinations(access: Access, names: readonly string[], unnamed?: string): void {
  const refused = names.filter((name) => !holds(access.destinations, name.normalize('NFC')));
  if (refused.length === 0) return;
  const has = access.destinations.join(', ') || 'no destination';
  throw refusal('destination_not_allowed', access, `is for ${has}, not for ${unnamed ?? listed(refused)}`);
}

/** People are given by their userId: another id could be anybody's until it is looked up. */
function requirePeople(access: Access, people: readonly (Leaf | string)[], unnamed?: string): void {
  const refused = people.filter((one) => {
    if (typeof one === 'string') return !holds(access.people, one);
    const { member, value } = one;
    const isUserId = typeof value === 'string' && (member === undefined || member === 'userId');
    return !(isUserId ? holds(access.people, value) : access.people.includes('*'));
  });
  if (refused.length === 0) return;
  const has = access.people.join(', ') || 'nobody';
  const asked = refused.map((one) => (typeof one === 'string' ? one : String(one.value)));
  const remedy = 'Make one that has them: dingdock keys create --people';
  throw refusal(
    'people_not_allowed',
    access,
    `reaches ${has} beside its destinations, not ${unnamed ?? listed(asked)}`,
    holdsKey(access) ? remedy : undefined,
  );
}

/** A request that names no app means the default one; a key for certain apps has to say which it means. */
function requireApp(access: Access, app: unknown, unnamed?: string): void {
  if (access.apps.includes('*') || (typeof app === 'string' && access.apps.includes(app))) return;
  const asked = unnamed ?? (app === undefined ? 'the default app: name the app' : String(app));
  throw refusal('app_not_allowed', access, `is for the app ${access.apps.join(', ') || '(none)'}, not for ${asked}`);
}

function refusal(code: string, access: Access, why: string, then?: string): NotAllowed {
  const remedy = `${nameOf(access)} ${why}.${then === undefined ? '' : ` ${then}`}`;
  return new NotAllowed('access', { code, remedy: remedy.charAt(0).toUpperCase() + remedy.slice(1) });
}

/** What a member has: of an object (a person by one of several ids) with the name of the member in it. */
type Leaf = { value: unknown; member?: string };

/** All that stands at a place of a request, whatever it is; nothing and `false` reach nothing. */
function leavesAt(given: unknown, [member, ...rest]: string[]): Leaf[] {
  if (given === undefined || given === null || given === false) return [];
  if (Array.isArray(given)) return given.flatMap((one) => leavesAt(one, member === undefined ? [] : [member, ...rest]));
  if (member !== undefined) return Object.hasOwn(Object(given), member) ? leavesAt(Object(given)[member], rest) : [];
  if (typeof given !== 'object') return [{ value: given }];
  return Object.entries(given).flatMap(([name, value]) =>
    leavesAt(value, []).map((leaf) => ({ ...leaf, member: name })),
  );
}

function textsOf(leaves: readonly Leaf[]): string[] {
  return leaves.map(({ value }) => String(value).normalize('NFC'));
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].slice(0, MOST_LISTED).join(', ');
}
const MOST_LISTED = 20;

function holds(allowed: readonly string[], wanted: string): boolean {
  return allowed.includes('*') || allowed.includes(wanted);
}
