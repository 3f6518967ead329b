import type { IncidentStep } from '../../contract/records/incidents.ts';
import { shortened } from '../messages/text/tokens.ts';
import type { Change } from '../records/change.ts';
import type { Incident, Signal } from './incident.ts';

type Born = Pick<Incident, 'id' | 'owner' | 'source' | 'to'>;

/** Steps that a record keeps: the first and the newest ones. */
const MOST_STEPS = 50;
const MOST_TEXT_BYTES = 20_000;

/** An incident as it fires for the first time. */
export function firstFired(born: Born, signal: Signal): Incident {
  const { at } = signal.received;
  const one = { ...born, ...said(signal), version: 1, reached: {}, openedAt: at, fired: 1, updates: 0 };
  return { ...one, history: [stepOf(one, 'fired', at)] };
}

/** What a signal makes of an incident. One that fires again after the quiet gap is opened anew, for `to`. */
export function heard(
  before: Incident,
  signal: Signal,
  { gapMs, to }: { gapMs: number; to: string[] },
): Change<Incident, never> {
  const { received, state } = signal;
  if (before.lastReceived === received.id) return { same: true };
  const isOver = before.state === 'resolved';
  // it is over, and nobody waits to hear so once more
  if (isOver && state === 'resolved') return { same: true };
  const version = before.version + 1;
  const next = { ...before, ...said(signal), version };
  const isAnew = isOver && Date.parse(received.at) - Date.parse(before.resolvedAt ?? before.changedAt) > gapMs;
  if (isAnew) {
    const { resolvedAt: _, ...opened } = next;
    const one = { ...opened, to, openedAt: received.at, fired: before.fired + 1, updates: 0 };
    return { record: { ...one, history: withStep(before, stepOf(one, 'fired', received.at)) } };
  }
  const { resolvedAt: _, ...open } = next;
  const one = {
    ...open,
    updates: before.updates + (state === 'firing' ? 1 : 0),
    ...(state === 'resolved' && { resolvedAt: received.at }),
  };
  return { record: { ...one, history: withStep(before, stepOf(one, actionOf(before, state), received.at)) } };
}

function actionOf({ state: before }: Incident, state: Signal['state']): IncidentStep['action'] {
  if (before === 'resolved') return 'fired_again';
  return state === 'resolved' ? 'resolved' : 'updated';
}

function said({ state, title, text, priority, labels, received }: Signal) {
  return {
    state,
    title,
    text: shortened(text, MOST_TEXT_BYTES, { markdown: true, sizeOf: Buffer.byteLength }),
    ...(priority && { priority }),
    labels,
    changedAt: received.at,
    lastReceived: received.id,
  };
}

function stepOf({ version, source }: Pick<Incident, 'version' | 'source'>, action: IncidentStep['action'], at: string) {
  return { version, at, by: { type: 'source' as const, id: source }, action };
}

function withStep({ history }: Incident, step: IncidentStep): IncidentStep[] {
  if (history.length < MOST_STEPS) return [...history, step];
  return [...history.slice(0, 1), ...history.slice(2 - MOST_STEPS), step];
}
