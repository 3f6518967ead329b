import type { Bus, Claims, StoredCallback } from '../../lib/events/event.ts';
import { normalize } from '../../lib/events/normalize.ts';
import type { Log } from '../../lib/log.ts';

export type HandleDeps = { claims: Claims; bus: Bus; log: Log };

/** Another worker has the same event: by then it has published it, or died over it. */
const BUSY_MS = 20_000;

/**
 * Publishes one stored callback on the bus, once for each event however often DingTalk pushes it. The failed list has no
 * event ids, and may hold what did arrive; so a pushed event is known by its natural id too (callbacks.md §1.1, §3).
 */
export async function handleEvent(
  { claims, bus, log }: HandleDeps,
  callback: StoredCallback,
): Promise<{ retryInMs: number } | undefined> {
  const { event, naturalId } = normalize(callback);
  const claimId = claimIdOf(callback, event.id);
  const claim = await claims.claim(claimId);
  if (claim === 'done') return undefined;
  if (claim === 'busy') return { retryInMs: BUSY_MS };
  const twin = event.id === naturalId ? 'free' : await claims.alias(claimIdOf(callback, naturalId), claimId);
  if (twin === 'busy') return { retryInMs: BUSY_MS };
  if (twin === 'free') await bus.publish(event);
  await claims.finish(claimId);
  if (twin === 'done') return undefined;
  log.info('event-published', { type: event.type, eventId: event.id });
  return undefined;
}

/** The failed list brings what the event door missed, so both share their ids. */
function claimIdOf({ app, door }: StoredCallback, id: string): string {
  return `${app}#${door === 'failed-list' ? 'events' : door}#${id}`;
}
