import type { IncidentStep, Tapped } from '../../contract/records/incidents.ts';
import type { By } from '../base/people/by.ts';
import { without } from '../base/without.ts';
import { shortened } from '../messages/text/tokens.ts';
import type { Change } from '../records/change.ts';
import type { Incident, Rules, Signal } from './incident.ts';

type Born = Pick<Incident, 'id' | 'code' | 'owner' | 'source' | 'to'> & Rules;

/** Steps that a record keeps: the first and the newest ones. */
const MOST_STEPS = 50;
const MOST_TEXT_BYTES = 20_000;
const MOST_LABELS_BYTES = 20_000;

/** What a person does to an incident; and why not. */
export type Tap = 'take' | 'silence';
export type Refusal = 'taken' | 'over';

/** An incident as it fires for the first time. */
export function firstFired(born: Born, signal: Signal): Incident {
  const { at } = signal.received;
  const one = { ...born, ...said(signal), state: 'firing' as const, version: 1, reached: {}, history: [] };
  return withStep({ ...one, openedAt: at, fired: 1, updates: 0 }, 'fired', at);
}

/** What a signal makes of an incident. One that fires again after the quiet gap is opened anew, for `to`, and is nobody's. */
export function heard(before: Incident, signal: Signal, now: Rules & { to: string[] }): Change<Incident, never> {
  const { received, state } = signal;
  if (before.lastReceived === received.id) return { same: true };
  const isOver = before.state === 'resolved';
  // it is over, and nobody waits to hear so once more
  if (isOver && state === 'resolved') return { same: true };
  const { to, ...rules } = now;
  const next = { ...without(before, 'resolvedAt'), ...said(signal), ...rules, version: before.version + 1 };
  const since = Date.parse(received.at) - Date.parse(before.resolvedAt ?? before.changedAt);
  if (isOver && since > rules.gapMs) {
    const opened = { ...without(next, 'taken', 'silenced'), to, openedAt: received.at, updates: 0 };
    return { record: withStep({ ...opened, fired: before.fired + 1 }, 'fired', received.at) };
  }
  const updates = before.updates + (state === 'firing' ? 1 : 0);
  const one = { ...next, updates, ...(state === 'resolved' && { resolvedAt: received.at }) };
  return { record: withStep(one, actionOf(before, state), received.at) };
}

/** The first tap owns it; what somebody owns, others neither take nor silence. */
export function tapped(before: Incident, tap: Tap, { by, at }: { by: By; at: number }): Change<Incident, Refusal> {
  const mine = (deed: Tapped | undefined) => deed?.userId === by.id;
  if (tap === 'take' ? mine(before.taken) : before.silenced !== undefined) return { same: true };
  if (before.resolvedAt !== undefined) return { refused: 'over' };
  if (before.taken && !mine(before.taken)) return { refused: 'taken' };
  const done = { userId: by.id, at: new Date(at).toISOString() };
  const next = { ...before, version: before.version + 1, ...(tap === 'take' ? { taken: done } : { silenced: done }) };
  return { record: withStep(next, tap === 'take' ? 'taken' : 'silenced', done.at, by) };
}

function actionOf({ state: before }: Incident, state: Signal['state']): IncidentStep['action'] {
  if (before === 'resolved') return 'fired_again';
  return state === 'resolved' ? 'resolved' : 'updated';
}

function stateOf({ resolvedAt, silenced, taken }: Incident): Incident['state'] {
  if (resolvedAt !== undefined) return 'resolved';
  if (silenced) return 'silenced';
  return taken ? 'taken' : 'firing';
}

function said({ title, text, priority, labels, received }: Signal) {
  return {
    title,
    text: shortened(text, MOST_TEXT_BYTES, { markdown: true, sizeOf: Buffer.byteLength }),
    ...(priority && { priority }),
    labels: fitting(labels),
    changedAt: received.at,
    lastReceived: received.id,
  };
}

/** The first labels that have room: a sender may give a hundred kilobytes of them. */
function fitting(labels: Record<string, string>): Record<string, string> {
  let bytes = 0;
  const fits = ([name, value]: [string, string]) => {
    bytes += Buffer.byteLength(name + value);
    return bytes <= MOST_LABELS_BYTES;
  };
  return Object.fromEntries(Object.entries(labels).filter(fits));
}

/** The record with one step more, in the state that it is in then. */
function withStep(one: Incident, action: IncidentStep['action'], at: string, by: By = bySource(one)): Incident {
  const step = { version: one.version, at, by, action };
  const { history } = one;
  const kept = history.length < MOST_STEPS ? history : [...history.slice(0, 1), ...history.slice(2 - MOST_STEPS)];
  return { ...one, state: stateOf(one), history: [...kept, step] };
}

function bySource({ source }: Incident): By {
  return { type: 'source', id: source, via: 'api' };
}
