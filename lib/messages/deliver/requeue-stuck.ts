import { requeueStuck as requeue, type StuckDeps } from './stuck.ts';

export type RequeueDeps = StuckDeps & {
  metric: (name: string, count: number, dimensions: Record<string, string>) => void;
};

/** Brings messages back that stepped aside or got lost on their way to the queue. */
export async function requeueStuck(deps: RequeueDeps): Promise<void> {
  deps.metric('RequeuedMessages', await requeue(deps), {});
}
