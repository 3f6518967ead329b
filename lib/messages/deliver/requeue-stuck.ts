import type { Metric } from '../../base/embedded-metric.ts';
import { requeueStuck as requeue, type StuckDeps } from './stuck.ts';

export type RequeueDeps = StuckDeps & {
  metric: Metric;
};

/** Brings messages back that stepped aside or got lost on their way to the queue. */
export async function requeueStuck(deps: RequeueDeps): Promise<void> {
  deps.metric('RequeuedMessages', await requeue(deps), {});
}
