import * as v from 'valibot';
import { To } from '../../contract/values.ts';
import type { Access } from '../base/access.ts';
import { defined } from '../base/defined.ts';
import { type Fault, InvalidInput, pastFaults } from '../base/errors.ts';
import { keyHashOf, requestHashOf, requireSameRequest } from '../base/idempotency.ts';
import type { Content } from './content.ts';
import { type Acts, costOf, type MostCalls, type Said } from './cost.ts';
import { type Merges, mergeWindowOf } from './deliver/merge.ts';
import type { DestinationLister, DestinationStore } from './destination.ts';
import { type Meant, meantBy, orMeant } from './meant.ts';
import type { Mention } from './mention.ts';
import { FIRST_CHECK_MS, type Message, messageIdAt, type Outbox, waitingItems } from './message.ts';
import type { MessageStore, MessageWatch } from './store.ts';

export type AcceptDeps = {
  messages: Pick<MessageStore, 'create' | 'get' | 'idFor' | 'record'> & Pick<MessageWatch, 'watch'>;
  outbox: Outbox;
  destinations: DestinationStore;
  merges: Merges;
  /** Called when a stored message could not be queued. */
  notQueued: (messageId: string, error: unknown, requestId?: string) => void;
  /** The request that asks for it, which the log names with what becomes of the message. */
  requestId?: string;
  now: () => number;
  randomId: () => string;
};

export type AcceptInput = {
  /** The owner of a key (`key:ci`), or a part of ours by its name: no owner has that form. */
  caller: string;
  /** The same key from the same caller is the same message. */
  idempotencyKey?: string | undefined;
  /**
   * When that happened which a part of ours tells of (epoch ms), the same at each try: with the key, which nobody else can
   * name, it makes the id, so that nothing has to be kept of the key.
   */
  tellsOf?: number | undefined;
  to: string[];
  content: Content;
  /** Fallback contents, used where DingTalk refuses the content; each destination has to be able to carry them. */
  otherwise?: Content[] | undefined;
  mention?: Mention | undefined;
  /** Not before this time; one that is over is now. */
  sendAt?: string | undefined;
  expiresAt?: string | undefined;
  priority?: Message['priority'] | undefined;
  delivery?: Message['delivery'] | undefined;
  confirm?: boolean | undefined;
};

/** Characters of an id beside its time: 80 bits. */
const UNIQUE = 20;

/**
 * Stores a message and queues it for its destinations. Caller and key give the id, so a repeat stores nothing new; it only
 * queues again what is not finished. What could not be queued, also after a crash, is queued by `requeueStuck`.
 * @throws InvalidInput `idempotency_key_reused` when the key already stands for another message, `in_the_past`,
 * `too_far_ahead`, `expires_unsent`.
 */
export async function acceptMessage(deps: AcceptDeps, input: AcceptInput): Promise<Message> {
  const { caller, idempotencyKey } = input;
  const requestHash = requestHashOf(asked(input), USUAL);
  const now = deps.now();
  const fresh = messageIdAt(now, deps.randomId().slice(0, UNIQUE));
  const key = idempotencyKey === undefined ? undefined : keyHashOf(caller, idempotencyKey);
  const own = ownIdOf(input);
  const id = own ?? (key === undefined ? fresh : await deps.messages.idFor(key, fresh, now));
  const message = messageOf(input, { id, requestHash, createdAt: new Date(now).toISOString() });
  const [fault, ...more] = timeFaults(input, now);
  // a repeat of what was accepted in time gets its answer
  if (fault && !(await deps.messages.get(message.id))) {
    throw new InvalidInput('messages.send', fault.code, [fault, ...more]);
  }
  const isUnique = own === undefined && key === undefined;
  const kept = (await deps.messages.create(message, isUnique))
    ? message
    : ((await deps.messages.get(message.id)) ?? message);
  // The check of new messages may have passed this id: an earlier try crashed after it had it, or it tells of the past. An
  // earlier try may have kept it and not come to this.
  const isOld = own === undefined ? message.id !== fresh : message.id < messageIdAt(now - FIRST_CHECK_MS / 2);
  if (isOld && waitingItems(kept).length > 0) await deps.messages.watch(message.id, now + FIRST_CHECK_MS);
  requireSameRequest('message', kept, requestHash);
  const isAlone = kept === message && (await gather(deps, message)) === 'alone';
  // what was kept before that is in the queue, or found by `requeueStuck`: a second record would be a second place in it
  if (now - Date.parse(kept.createdAt) < DEDUPLICATED_MS) await enqueue(deps, kept, isAlone);
  return kept;
}

/** The id of what a part of ours tells of. */
export function ownIdOf({ caller, idempotencyKey, tellsOf }: AcceptInput): string | undefined {
  if (idempotencyKey === undefined || tellsOf === undefined) return undefined;
  return messageIdAt(tellsOf, keyHashOf(caller, idempotencyKey).slice(0, UNIQUE));
}

/** So far ahead a message may be sent. */
const MOST_AHEAD_DAYS = 30;

/** What is wrong with the times of a message: over, too far ahead, or the end before the beginning. */
export function timeFaults({ sendAt, expiresAt }: Pick<AcceptInput, 'sendAt' | 'expiresAt'>, now: number): Fault[] {
  const past = pastFaults('expiresAt', expiresAt, now);
  if (sendAt === undefined) return past;
  const at = Date.parse(sendAt);
  const far = `"sendAt" is more than ${MOST_AHEAD_DAYS} days ahead; give an earlier time, or send it later`;
  const unsent = 'it expires before its "sendAt", so it would never be sent; give a later "expiresAt", or leave it out';
  return [
    ...past,
    ...(at - now > MOST_AHEAD_DAYS * 86_400_000 ? [{ path: 'sendAt', code: 'too_far_ahead', message: far }] : []),
    ...(expiresAt !== undefined && Date.parse(expiresAt) <= at
      ? [{ path: 'expiresAt', code: 'expires_unsent', message: unsent }]
      : []),
  ];
}

/** A message of so many bytes stands in the queue too. */
const MOST_CARRIED_BYTES = 4_096;

/** It is stored, so it is accepted: after an error the caller would send it again. `requeueStuck` queues it then. */
async function enqueue(deps: AcceptDeps, kept: Message, isAlone: boolean): Promise<void> {
  const { requestId } = deps;
  const waiting = waitingItems(kept).map((item) => ({ ...item, ...defined({ requestId }) }));
  const [item, ...others] = waiting;
  const isSmall = Buffer.byteLength(JSON.stringify(kept)) <= MOST_CARRIED_BYTES;
  try {
    // at several destinations, or where it may go with others, its record says more soon
    await deps.outbox.put(isAlone && isSmall && item && others.length === 0 ? [{ ...item, message: kept }] : waiting);
  } catch (error) {
    deps.notQueued(kept.id, error, requestId);
    const dueAt = deps.now();
    for (const item of waiting) await deps.messages.record(item, { status: 'queued', dueAt, waiting: true });
    await deps.messages.watch(kept.id, dueAt);
  }
}

/** A message as it begins: queued for each of its destinations. */
export function messageOf(input: AcceptInput, born: Pick<Message, 'id' | 'requestHash' | 'createdAt'>): Message {
  const {
    caller,
    content,
    otherwise,
    sendAt,
    expiresAt,
    priority,
    mention,
    confirm,
    delivery = 'at-least-once',
  } = input;
  const queued = { rev: 0, attempts: [], done: 0, receipts: [], crashes: 0, fallbackIndex: 0, tried: 0 };
  return {
    ...born,
    caller,
    delivery,
    content,
    ...defined({ otherwise, sendAt, expiresAt, priority, mention, confirm: confirm || undefined }),
    deliveries: Object.fromEntries(
      input.to.map((name) => [name, { status: 'queued' as const, ...structuredClone(queued) }]),
    ),
  };
}

/** SQS knows a repeat for five minutes. */
const DEDUPLICATED_MS = 4.5 * 60_000;

/** What a request asks for, and what is so without being asked for. */
function asked({ caller: _, idempotencyKey: __, tellsOf: ___, ...request }: AcceptInput) {
  return request;
}
const USUAL = { delivery: 'at-least-once', priority: 'normal', mention: { fallback: 'refuse' } };

/** Registers a message to be merged with others; if that fails, it is sent alone. Answers whether it is alone for sure. */
async function gather({ destinations, merges, now }: AcceptDeps, message: Message): Promise<'alone' | 'gathered'> {
  const names = Object.keys(message.deliveries);
  const gathered = await Promise.allSettled(
    names.map(async (destination) => {
      const windowMs = mergeWindowOf(await destinations.get(destination), message);
      if (windowMs !== undefined) await merges.gather({ messageId: message.id, destination }, now() + windowMs);
      return windowMs;
    }),
  );
  const isAlone = gathered.every((each) => each.status === 'fulfilled' && each.value === undefined);
  return isAlone ? 'alone' : 'gathered';
}

/**
 * What is wrong with the destinations in a member of a request: those that are not registered, and too many receivers for
 * the calls that it may take.
 * @throws InvalidInput `too_many_calls` when that is all that is wrong with them.
 */
export function nameFaults(member: 'to' | 'notify', acts: Acts = {}) {
  return async (
    deps: { destinations: DestinationStore & DestinationLister; most: MostCalls },
    body: unknown,
    access: Access,
  ): Promise<Fault[]> => {
    const given = v.safeParse(v.object({ [member]: To }), body);
    if (!given.success) return [];
    const names = Object.values(given.output).flat();
    const meant = meantBy(deps.destinations, access);
    const faults = await destinationFaults(deps, { path: member, names, content: SHORT, meant, acts });
    if (faults.length > 0 && faults.every(({ code }) => code === TOO_MANY))
      throw new InvalidInput('destinations.check', TOO_MANY, faults);
    return faults;
  };
}
/** What we write ourselves is one part at each destination. */
const SHORT = { kind: 'text' as const, text: '…' };
const TOO_MANY = 'too_many_calls';

/** How many calls one short message takes at the destinations of these names. */
export function callsAt({ destinations }: { destinations: DestinationStore }, names: readonly string[]) {
  return callsOf({ destinations, most: ANY }, names, { content: SHORT });
}
const ANY = { parts: Number.POSITIVE_INFINITY, calls: Number.POSITIVE_INFINITY };

/** What is known of a message before it is accepted. */
type Asked = {
  path: string;
  names: readonly string[];
  content?: Content | undefined;
  mention?: Mention | undefined;
  /** Left out where nobody reads the faults who may see names. */
  meant?: Meant;
  acts?: Acts;
};

/**
 * What keeps the named destinations from getting this message: unknown names, contents that one cannot carry, and too many
 * calls to DingTalk; all at once.
 */
export async function destinationFaults(
  { destinations, most }: { destinations: DestinationStore; most?: MostCalls },
  { path, names, content, mention, meant, acts }: Asked,
): Promise<Fault[]> {
  const found = await lookedUp(destinations, names);
  const missing = found.flatMap(({ name, destination }) => (destination ? [] : [name]));
  const unknown = await Promise.all(
    missing.map(async (name) => unknownFault(path, name, orMeant(await meant?.(name)))),
  );
  if (!content || !most) return unknown;
  const { faults } = costOf(found.flatMap(ifKnown), { content, mention, acts }, most);
  return [...unknown, ...faults.map((fault) => (fault.path === 'to' ? { ...fault, path } : fault))];
}

/**
 * What keeps these destinations from getting a message that a request brings about, such as the news of a task, at the member
 * that names them.
 */
export async function toldFaults(
  deps: { destinations: DestinationStore; most: MostCalls },
  asked: Omit<Asked, 'meant'>,
): Promise<Fault[]> {
  const faults = await destinationFaults(deps, asked);
  return faults.map((fault) => ({ ...fault, path: asked.path }));
}

function unknownFault(path: string, name: string, orElse: string): Fault {
  const remedy = orElse || `; check the spelling, or register it with PUT /destinations/${name}`;
  return { path, code: 'unknown_destination', message: `no destination is named "${name}"${remedy}` };
}

/** How many calls to DingTalk a message takes at the destinations of these names. */
export async function callsOf(
  { destinations, most }: { destinations: DestinationStore; most: MostCalls },
  names: readonly string[],
  said: Said,
): Promise<number> {
  return costOf((await lookedUp(destinations, names)).flatMap(ifKnown), said, most).calls;
}

type Found = { name: string; destination: Awaited<ReturnType<DestinationStore['get']>> };

function lookedUp(destinations: DestinationStore, names: readonly string[]): Promise<Found[]> {
  return Promise.all([...new Set(names)].map(async (name) => ({ name, destination: await destinations.get(name) })));
}

function ifKnown({ name, destination }: Found) {
  return destination ? [{ name, destination }] : [];
}
