import type { OutboxItem } from '../message.ts';

/**
 * The messages to one destination stand in the queue one behind the other. Of such a lane that is slow it is noted how far
 * it has come: what was queued later is still in the queue, however long it waits, and needs nobody to queue it again.
 */
export type Lane = {
  /** When somebody worked on it, and until when its first message waits (epoch ms). */
  at: number;
  quietUntil: number;
  /** When the message that was reached had been queued (epoch ms). */
  reachedAt: number;
};

export type Lanes = { note(lane: string, found: Lane): Promise<void>; all(): Promise<Map<string, Lane>> };

/** A message that waited for longer in the queue tells of a slow lane. */
const SLOW_MS = 5 * 60_000;
/** A worker notes of a lane this often, at most. */
const NOTE_EVERY_MS = 5 * 60_000;
/** Somebody works on a lane at least this often while there is something in it. */
const SILENT_MS = 3 * NOTE_EVERY_MS;
/** Messages of about the same moment may stand in the queue in another order. */
const MARGIN_MS = 5 * 60_000;

/** A destination's lane; high priority waits apart from the rest, so that it does not wait behind it. */
export function laneOf({ destination, priority }: OutboxItem): string {
  return priority === 'high' ? `${destination}\nhigh` : destination;
}

export function queuedAtOf(
  { createdAt }: { createdAt: string },
  { queuedAt }: { queuedAt?: number | undefined },
): number {
  return queuedAt ?? Date.parse(createdAt);
}

/** Notes lanes that are slow; a worker remembers what it noted. */
export function createLaneNotes(lanes: Pick<Lanes, 'note'>, now: () => number) {
  const noted = new Map<string, Lane>();
  return {
    async note(item: OutboxItem, reachedAt: number, retryInMs = 0): Promise<void> {
      const [at, lane] = [now(), laneOf(item)];
      const last = noted.get(lane);
      const isSlow = at - reachedAt > SLOW_MS || retryInMs > SLOW_MS;
      const isKnown = last && at - last.at < NOTE_EVERY_MS && at + retryInMs <= last.quietUntil + SLOW_MS;
      if (!isSlow || isKnown) return;
      const found = { at, quietUntil: at + retryInMs, reachedAt };
      await lanes.note(lane, found);
      noted.set(lane, found);
    },
  };
}
export type LaneNotes = ReturnType<typeof createLaneNotes>;

/** Whether a lane is worked on. */
export function isWorkedOn(lane: Lane | undefined, now: number): lane is Lane {
  return lane !== undefined && Math.max(lane.at, lane.quietUntil) + SILENT_MS > now;
}

/** Whether a message is not in the queue any more, though it was put there at `queuedAt`: its lane went past it. */
export function wasPassed({ reachedAt }: Lane, queuedAt: number): boolean {
  return reachedAt > queuedAt + MARGIN_MS;
}
