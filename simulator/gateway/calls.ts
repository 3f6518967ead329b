import type { CallRecord } from '../world/records.ts';
import { nextId, remember, type State, tell } from '../world/state.ts';
import { pathMatches } from './faults.ts';
import { limitsView } from './limits.ts';

export function recordCall(
  state: State,
  { id = nextId(state, 'call-'), ...facts }: Omit<CallRecord, 'id'> & { id?: string },
): void {
  const call = { id, ...facts };
  remember(state.calls, call, state.settings.mostKept);
  tell(state, 'call', briefCall(call));
  tellCounters(state);
}

/** Without what is fetched only when somebody looks. */
export function briefCall({ body: _, headers: __, answer: ___, ...call }: CallRecord) {
  return call;
}

/** What the head of the page shows. */
export function tellCounters(state: State): void {
  tell(state, 'counters', { ...limitsView(state), clockOffsetMs: state.clock.offset() });
}

/** By path, and by words that stand anywhere in the call or its answer. */
export function callsTo(state: State, { path, words }: { path: string | null; words: string | null }): CallRecord[] {
  const wanted = words?.toLowerCase();
  return state.calls.filter(
    (call) =>
      (path === null || pathMatches(path, call.path)) &&
      (!wanted || JSON.stringify(call).toLowerCase().includes(wanted)),
  );
}
