import type { Bus, Claims, StoredCallback } from '../../lib/events/event.ts';
import { normalize } from '../../lib/events/normalize.ts';
import type { Log } from '../../lib/log.ts';

export type HandleDeps = { claims: Claims; bus: Bus; log: Log };

/** Another worker has the same event: by then it has published it, or died over it. */
const BUSY_MS = 20_000;

/** Publishes one stored callback on the bus, once for each event however often DingTalk pushes it. */
export async function handleEvent(
  { claims, bus, log }: HandleDeps,
  callback: StoredCallback,
): Promise<{ retryInMs: number } | undefined> {
  const event = normalize(callback);
  const claimId = `${event.app}#${callback.door}#${event.id}`;
  const claim = await claims.claim(claimId);
  if (claim === 'done') return undefined;
  if (claim === 'busy') return { retryInMs: BUSY_MS };
  await bus.publish(event);
  await claims.finish(claimId);
  log.info('event-published', { type: event.type, eventId: event.id });
  return undefined;
}
