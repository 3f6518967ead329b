import type { Metric } from '../base/embedded-metric.ts';
import type { CallbackQueue, StoredCallback } from './event.ts';

/** What the doors kept while the queue did not answer. */
export type KeptCallbacks = {
  /** Some of them, the oldest first. */
  list(): Promise<{ id: string; callback: StoredCallback }[]>;
  remove(id: string): Promise<void>;
};

export type MoveKeptDeps = {
  kept: KeptCallbacks;
  queue: Pick<CallbackQueue, 'putAll'>;
  metric: Metric;
  now: () => number;
};

/** No more are moved after this time: the next run goes on. */
const MOVE_FOR_MS = 20_000;

/** Puts them into the queue; one that is queued twice is handled once. */
export async function moveKept({ kept, queue, metric, now }: MoveKeptDeps): Promise<void> {
  const until = now() + MOVE_FOR_MS;
  let moved = 0;
  try {
    while (now() < until) {
      const some = await kept.list();
      if (some.length === 0) return;
      await queue.putAll(some.map(({ callback }) => callback));
      await Promise.all(some.map(({ id }) => kept.remove(id)));
      moved += some.length;
    }
  } finally {
    if (moved > 0) metric('KeptCallbacksMoved', moved, {});
  }
}
