import { isUsedUp } from '../base/dingtalk-errors.ts';
import { ServiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Bus, BusEvent, Claims, StoredCallback } from './event.ts';
import { normalize } from './normalize.ts';
import { published } from './published.ts';

/** What dingdock itself does about an event, if anything. It is done once, like the publishing. */
export type Reaction = (event: BusEvent) => Work | undefined;
type Work = {
  /** The deduplication key, when it is not the event's. */
  id?: string;
  /** Done before the event is published, since it does not keep. */
  first?: true;
  /** So long (ms) after the event it is still of use; without this, for as long as its record is tried. */
  usefulMs?: number;
  run(): Promise<void>;
};

export type HandleDeps = {
  claims: Claims;
  bus: Bus;
  log: Log;
  now: () => number;
  reactions: Record<string, Reaction>;
};

type Outcome = { retryInMs: number } | 'later' | undefined;
type Piece = 'done' | 'busy' | 'later';

/** Another worker has the same event: after this time it has published it, or its claim has lapsed. */
const BUSY: Outcome = { retryInMs: 20_000 };

/**
 * Publishes a stored callback on the bus, once for each event however often DingTalk pushes it, and runs the reactions.
 * Each of these goes by itself: what is down for one holds up no other. The failed list has no event ids and may hold
 * events that did arrive, so a pushed event is also claimed by its natural id (callbacks.md §1.1, §3). `recordId` owns
 * the claims: a record that comes again after its worker died finds its own.
 */
export async function handleEvent(
  deps: HandleDeps,
  callback: StoredCallback,
  { recordId }: { recordId: string },
): Promise<Outcome> {
  const { event, naturalId } = normalize(callback);
  const id = claimIdOf(callback, event.id);
  const twinId = event.id === naturalId ? undefined : claimIdOf(callback, naturalId);
  const works = Object.entries(deps.reactions).flatMap(([name, reaction]) => {
    const work = reaction(event);
    const run = () => react(deps, callback, { name, work });
    return work ? [{ first: work.first, run: () => underClaim(deps, work.id ?? `${id}#${name}`, recordId, run) }] : [];
  });
  const publishing = {
    first: false,
    run: () => underClaim(deps, id, recordId, () => publish(deps, { callback, event, id, twinId })),
  };
  const pieces: Piece[] = [];
  const failures: unknown[] = [];
  for (const { run } of [...works.filter(({ first }) => first), publishing, ...works.filter(({ first }) => !first)]) {
    await run().then(
      (piece) => pieces.push(piece),
      (error: unknown) => failures.push(error),
    );
  }
  if (failures.length > 0) throw failures[0];
  if (pieces.includes('later')) return 'later';
  return pieces.includes('busy') ? BUSY : undefined;
}

type Publishing = { callback: StoredCallback; event: BusEvent; id: string; twinId: string | undefined };

async function publish({ claims, bus, log }: HandleDeps, { callback, event, id, twinId }: Publishing): Promise<Piece> {
  const twin = twinId === undefined ? 'free' : await claims.alias(twinId, id);
  if (twin !== 'free') return twin;
  await bus.publish(published(event));
  log.info('event-published', { type: event.type, eventId: event.id, requestId: callback.requestId });
  return 'done';
}

/**
 * Runs one reaction. A final refusal of DingTalk is logged and not retried; what may pass is tried again while it is of
 * use. Neither is a failure of the event.
 */
async function react(
  { log, now }: HandleDeps,
  { receivedAt }: StoredCallback,
  { name, work }: { name: string; work: Work | undefined },
): Promise<Piece> {
  if (!work) return 'done';
  try {
    await work.run();
    return 'done';
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code, operation, retryable } = error;
    const isLate = now() - Date.parse(receivedAt) > (work.usefulMs ?? Number.POSITIVE_INFINITY);
    if ((retryable || isUsedUp(error)) && !isLate) {
      // an answer that may have arrived shows twice when it is tried again
      const mayRepeat = 'arrived' in error && error.arrived === 'maybe';
      log.warn('reaction-failed', { reaction: name, code, operation, ...(mayRepeat && { mayRepeat }) });
      return 'later';
    }
    log.warn('reaction-refused', { reaction: name, code, operation });
    return 'done';
  }
}

/** Does work under its claim; after a failure the claim is released at once. */
async function underClaim(
  { claims }: Pick<HandleDeps, 'claims'>,
  id: string,
  owner: string,
  work: () => Promise<Piece>,
): Promise<Piece> {
  const claim = await claims.claim(id, owner);
  if (claim !== 'claimed') return claim;
  const outcome = await work().catch(async (error: unknown) => {
    await claims.release(id, owner);
    throw error;
  });
  if (outcome === 'done') await claims.finish(id);
  else await claims.release(id, owner);
  return outcome;
}

/** The failed list holds events that the event door missed, so both share their ids. */
function claimIdOf({ app, door }: StoredCallback, id: string): string {
  return `${app}#${door === 'failed-list' ? 'events' : door}#${id}`;
}
