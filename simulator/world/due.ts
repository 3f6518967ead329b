import type { State } from './state.ts';

export function schedule(state: State, at: number, run: () => Promise<void>): void {
  const timer = setTimeout(() => void runDue(state), Math.max(0, at - state.clock.now()));
  state.due.push({ at, run, timer });
}

/** Runs all work that is due, and work that becomes due by it, so that moving the clock runs the whole plan. */
export async function runDue(state: State): Promise<void> {
  for (;;) {
    const now = state.clock.now();
    const next = state.due.filter((candidate) => candidate.at <= now).sort((a, b) => a.at - b.at)[0];
    if (!next) return;
    state.due.splice(state.due.indexOf(next), 1);
    clearTimeout(next.timer);
    await next.run();
  }
}
