import { changeRecord } from '../records/change.ts';
import { codeFor } from '../records/codes.ts';
import type { RecordQueue } from '../records/record.ts';
import type { Incident, IncidentStore, Rules, Signal } from './incident.ts';
import { firstFired, heard } from './life.ts';

export type ReportDeps = {
  incidents: Pick<IncidentStore, 'get' | 'create' | 'put' | 'claimCode'>;
  queue: RecordQueue;
  /** The id of what this identity of an owner stands for. */
  incidentId(owner: string, identity: string): string;
};

export type Reported = Rules & { owner: string; source: string; to: string[] };

/**
 * Notes what a source says of an incident, and queues it to be shown. A delivery that comes twice changes nothing more. An
 * end without a beginning is no incident.
 */
export async function reportIncident(deps: ReportDeps, reported: Reported, signal: Signal): Promise<void> {
  const id = deps.incidentId(reported.owner, JSON.stringify([reported.source, signal.identity]));
  const incident = await noted(deps, id, reported, signal);
  if (!incident || incident.reached.bus === incident.version) return;
  // if the queue is down, the check that is scheduled with each write follows the record instead; the port has logged it
  await deps.queue.put(id, incident.version).catch(() => undefined);
}

async function noted(
  { incidents }: ReportDeps,
  id: string,
  reported: Reported,
  signal: Signal,
): Promise<Incident | undefined> {
  if (!(await incidents.get(id))) {
    if (signal.state === 'resolved') return undefined;
    const first = firstFired({ id, code: await codeFor('I', incidents.claimCode, id), ...reported }, signal);
    if (await incidents.create(first)) return first;
  }
  const { owner: _, source: __, ...now } = reported;
  const change = (before: Incident) => heard(before, signal, now);
  const changed = await changeRecord({ store: incidents, kind: 'incident' }, id, change);
  return 'record' in changed ? changed.record : undefined;
}
