import { type Changed, changeRecord, queueChanged } from '../records/change.ts';
import type { RecordQueue } from '../records/record.ts';
import type { Incident, IncidentStore } from './incident.ts';
import { type Refusal, type Tap, tapped } from './life.ts';

export type ChangeDeps = { incidents: Pick<IncidentStore, 'get' | 'put'>; queue: RecordQueue; now: () => number };

/** A person's tap or word. What shows the incident comes later. */
export async function tapIncident(
  { incidents, queue, now }: ChangeDeps,
  id: string,
  tap: Tap,
  { userId, via }: { userId: string; via: 'page' | 'robot' | 'card' },
): Promise<Changed<Incident, Refusal>> {
  const by = { type: 'person' as const, id: userId, via };
  const change = (before: Incident) => tapped(before, tap, { by, at: now() });
  const changed = await changeRecord({ store: incidents, kind: 'incident' }, id, change);
  await queueChanged(queue, changed);
  return changed;
}
