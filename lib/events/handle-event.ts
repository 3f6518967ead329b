import { ServiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Bus, BusEvent, Claims, StoredCallback } from './event.ts';
import { normalize } from './normalize.ts';

/** What dingdock itself does about an event, if anything. It is done once, like the publishing. */
export type Reaction = (event: BusEvent) => Work | undefined;
/** `id`: the deduplication key, when it is not the event's. */
type Work = { id?: string; run(): Promise<void> };

type ClaimDeps = { claims: Claims; randomId(): string };
export type HandleDeps = ClaimDeps & { bus: Bus; log: Log; reactions: Record<string, Reaction> };

type Outcome = { retryInMs: number } | undefined;

/** Another worker has the same event: after this time it has published it, or its claim has lapsed. */
const BUSY: Outcome = { retryInMs: 20_000 };

/**
 * Publishes a stored callback on the bus, once for each event however often DingTalk pushes it, and runs the reactions.
 * The failed list has no event ids and may hold events that did arrive, so a pushed event is also claimed by its natural id
 * (callbacks.md §1.1, §3).
 */
export async function handleEvent(deps: HandleDeps, callback: StoredCallback): Promise<Outcome> {
  const { claims, bus, log, reactions } = deps;
  const { event, naturalId } = normalize(callback);
  const id = claimIdOf(callback, event.id);
  const twinId = event.id === naturalId ? undefined : claimIdOf(callback, naturalId);
  const published = await underClaim(deps, id, async () => {
    const twin = twinId === undefined ? 'free' : await claims.alias(twinId, id);
    if (twin !== 'free') return twin;
    await bus.publish(event);
    log.info('event-published', { type: event.type, eventId: event.id, requestId: callback.requestId });
    return 'done';
  });
  if (published === 'busy') return BUSY;
  for (const [name, reaction] of Object.entries(reactions)) {
    const work = reaction(event);
    if (!work) continue;
    const outcome = await underClaim(deps, work.id ?? `${id}#${name}`, () => react(log, name, work));
    if (outcome === 'busy') return BUSY;
  }
  return undefined;
}

/** Runs one reaction. A final refusal of DingTalk is logged and not retried, since the event is published already. */
async function react(log: Log, reaction: string, work: Work): Promise<'done'> {
  await work.run().catch((error: unknown) => {
    if (!(error instanceof ServiceError) || error.retryable) throw error;
    log.warn('reaction-refused', { reaction, code: error.code, operation: error.operation });
  });
  return 'done';
}

/** Does work under its claim; after a failure the claim is released at once. */
async function underClaim(
  { claims, randomId }: ClaimDeps,
  id: string,
  work: () => Promise<'done' | 'busy'>,
): Promise<'done' | 'busy'> {
  const owner = randomId();
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
