import type { IncidentStep } from '../../contract/records/incidents.ts';
import { defined } from '../base/defined.ts';
import type { Followed, Incident } from './incident.ts';

/** An incident's event on the bus; `raw` is empty, since it holds DingTalk's own JSON. */
export type IncidentEvent = {
  id: string;
  type: (typeof TYPES)[keyof typeof TYPES];
  app: string;
  occurredAt: string;
  data: Record<string, unknown>;
  raw: string;
};
export type IncidentBus = { publish(event: IncidentEvent): Promise<void> };

const TYPES = {
  fired: 'incident.opened',
  fired_again: 'incident.opened',
  updated: 'incident.updated',
  taken: 'incident.taken',
  silenced: 'incident.silenced',
  resolved: 'incident.resolved',
} as const satisfies Record<IncidentStep['action'], string>;

/** Publishes each step since the last one that the bus has. The ids are the same at each try. */
export async function publishIncident(bus: IncidentBus, app: string, incident: Incident): Promise<Partial<Followed>> {
  const reached = incident.reached.bus ?? 0;
  for (const step of incident.history) {
    if (step.version <= reached) continue;
    const { version, at: occurredAt, action } = step;
    const id = `${incident.id}#${version}`;
    await bus.publish({ id, type: TYPES[action], app, occurredAt, data: dataOf(incident, step), raw: '' });
  }
  return {};
}

/** The incident as it stands, and the step. */
function dataOf(incident: Incident, { version, action, by }: IncidentStep): Record<string, unknown> {
  const { id, code, source, state, title, labels, to, openedAt, resolvedAt, taken, silenced, fired } = incident;
  const told = { incidentId: id, code, source, state, title, labels, to, openedAt, resolvedAt, taken, silenced, fired };
  return { ...defined(told), version, action, by };
}
