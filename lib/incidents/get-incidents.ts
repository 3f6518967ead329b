import * as v from 'valibot';
import { type IncidentList, IncidentView } from '../../contract/answers/incidents.ts';
import { type Access, requireRecord } from '../base/access.ts';
import { InvalidInput } from '../base/errors.ts';
import { isIdOf } from '../base/ids.ts';
import type { Incident, IncidentStore } from './incident.ts';

type Deps = { incidents: Pick<IncidentStore, 'get' | 'list'> };

const PAGE = 25;

/** An incident with its history, for whoever may use all its destinations. */
export async function getIncident({ incidents }: Deps, id: string, access: Access): Promise<IncidentView> {
  const incident = isIdOf('i', id) ? await incidents.get(id) : undefined;
  if (!incident) {
    const message = `no incident has the id "${id}"; GET /incidents lists them`;
    throw new InvalidInput('incidents.get', 'unknown_incident', [{ path: 'id', code: 'unknown_incident', message }]);
  }
  requireRecord(access, { owner: incident.owner, destinations: incident.to });
  const messages = Object.entries(incident.shown ?? {}).map(([destination, shown]) => ({ destination, ...shown }));
  return viewOf({ ...incident, messages });
}

/** A page of the incidents, those that fired newest first; without their histories. */
export async function listIncidents(
  { incidents }: Deps,
  { cursor, limit = PAGE }: { cursor?: string | undefined; limit?: number | undefined },
): Promise<IncidentList> {
  const page = await incidents.list({ cursor, limit });
  return { ...page, incidents: page.incidents.map(({ history: _, ...incident }) => viewOf(incident)) };
}

function viewOf({ told, ...incident }: Omit<Incident, 'history'> & Pick<IncidentView, 'messages'>): IncidentView {
  return v.parse(IncidentView, { ...incident, told: told?.people, links: { self: `/incidents/${incident.id}` } });
}
