import type { CallRecord } from '../world/records.ts';
import { nextId, remember, type State, tell } from '../world/state.ts';
import { pathMatches } from './faults.ts';
import { limitsView } from './limits.ts';

export function recordCall(state: State, facts: Omit<CallRecord, 'id'>): void {
  const call = { id: nextId(state, 'call-'), ...facts };
  remember(state.calls, call, state.settings.mostKept);
  const { body: _, headers: __, ...news } = call;
  tell(state, 'call', news);
  tellCounters(state);
}

/** What the head of the page shows. */
export function tellCounters(state: State): void {
  tell(state, 'counters', { ...limitsView(state), clockOffsetMs: state.clock.offset() });
}

export function callsTo(state: State, path: string | null): CallRecord[] {
  return path === null ? state.calls : state.calls.filter((call) => pathMatches(path, call.path));
}
