import type { Log } from '../base/log.ts';
import { changeRecord } from '../records/change.ts';
import type { Incident, IncidentStore, Signal } from './incident.ts';
import { firstFired, heard } from './life.ts';
import { type Rules, type ShowDeps, showIncident } from './show.ts';

export type ReportDeps = ShowDeps & {
  incidents: IncidentStore;
  /** The id of what this identity of an owner stands for. */
  incidentId(owner: string, identity: string): string;
  log: Log;
};

export type Reported = Rules & { owner: string; source: string; to: string[] };

/**
 * Notes what a source says of an incident, and shows it. A delivery that comes twice changes nothing more. An end without a
 * beginning is no incident.
 */
export async function reportIncident(deps: ReportDeps, reported: Reported, signal: Signal): Promise<void> {
  const { owner, source, to } = reported;
  const id = deps.incidentId(owner, JSON.stringify([source, signal.identity]));
  const incident = await noted(deps, { id, owner, source, to }, reported, signal);
  if (!incident || incident.reached.message === incident.version) return;
  const shown = await showIncident(deps, incident, reported);
  await deps.incidents.note(id, { shown, reached: { message: incident.version } });
  deps.log.info('incident-shown', { incidentId: id, version: incident.version, status: incident.state });
}

async function noted(
  { incidents }: ReportDeps,
  born: Pick<Incident, 'id' | 'owner' | 'source' | 'to'>,
  { gapMs }: Rules,
  signal: Signal,
): Promise<Incident | undefined> {
  if (!(await incidents.get(born.id))) {
    if (signal.state === 'resolved') return undefined;
    const first = firstFired(born, signal);
    if (await incidents.create(first)) return first;
  }
  const change = (before: Incident) => heard(before, signal, { gapMs, to: born.to });
  const changed = await changeRecord({ store: incidents, kind: 'incident' }, born.id, change);
  return 'record' in changed ? changed.record : undefined;
}
