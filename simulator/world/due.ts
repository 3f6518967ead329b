import type { Scheduled, State } from './state.ts';

export function schedule(state: State, at: number, run: () => Promise<void>): void {
  const planned: Scheduled = { at, run, timer: undefined };
  state.due.push(planned);
  wait(state, planned);
}

/** A timer may fire a moment before its time by the clock; then it is set once more. */
function wait(state: State, planned: Scheduled): void {
  const again = () => (planned.at > state.clock.now() ? wait(state, planned) : void runDue(state));
  planned.timer = setTimeout(again, Math.max(0, planned.at - state.clock.now()));
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
