import type { Person } from '../../contract/records/tasks.ts';
import type { PersonRef } from '../../contract/requests/tasks.ts';
import { chunks } from '../base/chunks.ts';
import { type Fault, ServiceError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { readPerson } from '../base/people/person.ts';

type Kind = 'userId' | 'mobile' | 'unionId';

/** The look-ups of one app (callbacks.md §10). */
export type Contacts = {
  getUser(userId: string): Promise<{ userId: string; unionId: string; name: string }>;
  userIdOfMobile(mobile: string): Promise<string>;
  userIdOfUnionId(unionId: string): Promise<string>;
};

/** Caches people look-ups: the person, or that no such person exists. */
export type PeopleStore = {
  get(key: string): Promise<Known | undefined>;
  put(key: string, known: Known, expiresAt: number): Promise<void>;
};
export type Known = Person | { unknown: true };

export type PeopleDeps = { people: PeopleStore; now: () => number };

/** People leave and change their numbers; an unknown person may be added a moment later. */
const KEEP_MS = 7 * 24 * 3_600_000;
const KEEP_UNKNOWN_MS = 10 * 60_000;
/** An app may call 20 times a second (messaging.md §8.2). */
const AT_ONCE = 10;

/** Looks up each person once; those who cannot be found are listed with the reason. */
export async function resolvePeople(
  deps: PeopleDeps,
  { app, contacts }: { app: string; contacts: Contacts },
  path: string,
  refs: readonly PersonRef[],
): Promise<{ people: Person[]; faults: (Fault & { person: string })[] }> {
  const people = new Map<string, Person>();
  const faults: (Fault & { person: string })[] = [];
  const found: (Person | NotFound)[] = [];
  for (const some of chunks(refs, AT_ONCE)) {
    found.push(...(await Promise.all(some.map((ref) => find({ ...deps, app, contacts }, ref)))));
  }
  for (const [index, outcome] of found.entries()) {
    if ('userId' in outcome) people.set(outcome.userId, outcome);
    else faults.push({ path: refs.length === 1 ? path : `${path}.${index}`, ...outcome });
  }
  return { people: [...people.values()], faults };
}

type NotFound = { person: string; code: string; message: string };

/** The people of one app, and where they are remembered. */
type Book = PeopleDeps & { app: string; contacts: Contacts };

async function find(book: Book, ref: PersonRef): Promise<Person | NotFound> {
  const tries = kindsOf(ref);
  for (const { kind, id } of tries) {
    try {
      const known = await lookUp(book, kind, id);
      if ('userId' in known) return known;
    } catch (error) {
      if (!(error instanceof ServiceError) || error.retryable) throw error;
      const why = error.remedy ?? `DingTalk refused the look-up with ${error.code}`;
      const message = `"${id}" could not be looked up as a ${kind}: ${why}`;
      return { person: id, code: 'person_not_visible', message };
    }
  }
  const id = tries[0]?.id ?? '';
  const kinds = tries.map(({ kind }) => kind).join(' nor a ');
  const message = `"${id}" is ${tries.length > 1 ? 'neither a' : 'no'} ${kinds} that DingTalk knows: check it`;
  return { person: id, code: 'unknown_person', message };
}

function kindsOf(ref: PersonRef): { kind: Kind; id: string }[] {
  if (typeof ref === 'object') {
    if ('userId' in ref) return [{ kind: 'userId', id: ref.userId }];
    if ('mobile' in ref) return [{ kind: 'mobile', id: ref.mobile }];
    return [{ kind: 'unionId', id: ref.unionId }];
  }
  const { kind: form, id } = readPerson(ref) ?? { kind: 'id', id: ref };
  const kinds: Kind[] = form === 'mobile' ? ['mobile', 'userId'] : ['userId', 'unionId'];
  return kinds.map((kind) => ({ kind, id }));
}

/** From the cache, else from DingTalk; the answer is cached under each of the person's ids. */
async function lookUp(book: Book, kind: Kind, id: string): Promise<Known> {
  // a key holds no telephone number
  const keyOf = (of: Kind, value: string) => `person#${book.app}#${of}#${of === 'mobile' ? sha256(value, 32) : value}`;
  const kept = await book.people.get(keyOf(kind, id));
  if (kept) return kept;
  try {
    const person = await asked(book, kind, id);
    const until = book.now() + KEEP_MS;
    const keys = new Set([keyOf(kind, id), keyOf('userId', person.userId), keyOf('unionId', person.unionId)]);
    await Promise.all([...keys].map((key) => book.people.put(key, person, until)));
    return person;
  } catch (error) {
    if (!isUnknown(error)) throw error;
    await book.people.put(keyOf(kind, id), { unknown: true }, book.now() + KEEP_UNKNOWN_MS);
    return { unknown: true };
  }
}

async function asked(book: Book, kind: Kind, id: string): Promise<Person> {
  const { contacts } = book;
  if (kind === 'userId') return contacts.getUser(id);
  const userId = kind === 'mobile' ? await contacts.userIdOfMobile(id) : await contacts.userIdOfUnionId(id);
  const known = await lookUp(book, 'userId', userId);
  if ('userId' in known) return known;
  throw new ServiceError('people.find', { code: '60121', retryable: false });
}

/** No such person, or an id that cannot be one (callbacks.md §10). */
function isUnknown(error: unknown): boolean {
  return error instanceof ServiceError && ['33012', '60121', '40104', '40003', '40031'].includes(error.code);
}
