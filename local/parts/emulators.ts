import { startApart } from './apart.ts';
import { type Hooks, type PartName, type Start, startPart } from './parts.ts';
import { type Revived, type Run, revive } from './revive.ts';

type Apart = Revived & {
  /** A module that each process loads before anything else. */
  preload?: string | undefined;
};

/** Starts parts one by one: in this process, or each in one of its own that comes back when it ends. */
export function createEmulators(hooks: Hooks, apart: Apart | undefined) {
  const running = new Map<PartName, { now(): Run }>();
  return {
    /** Answers how to stop it. */
    async start(order: Start): Promise<() => Promise<unknown>> {
      if (apart === undefined) return (await startPart(order, hooks)).close;
      const part = revive(() => startApart(order, { ...hooks, preload: apart.preload }), apart);
      running.set(order.name, part);
      await part.ready.catch(async (error: unknown) => {
        await part.stop();
        throw error;
      });
      return part.stop;
    },
    pidOf: (name: PartName) => running.get(name)?.now().pid,
  };
}
