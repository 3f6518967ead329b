import type { State } from './state.ts';

export function schedule(state: State, at: number, run: () => Promise<void>): void {
  const timer = setTimeout(() => void runDue(state), Math.max(0, at - state.clock.now()));
  state.due.push({ at, run, timer });
}

/** Runs what has become due, and what that makes due in turn: moving the clock moves the whole plan. */
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
