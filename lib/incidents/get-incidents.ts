import * as v from 'valibot';
import { type IncidentList, IncidentView } from '../../contract/answers/incidents.ts';
import { type Access, requireRecord } from '../base/access.ts';
import { InvalidInput } from '../base/errors.ts';
import { isIdOf } from '../base/ids.ts';
import { troubleIn } from '../messages/outcome.ts';
import type { MessageStore } from '../messages/store.ts';
import { type Incident, type IncidentStore, toldOf } from './incident.ts';
import { type ReadersDeps, readersOf } from './reads.ts';

type Deps = { incidents: Pick<IncidentStore, 'get' | 'list'> };
type OutcomeDeps = ReadersDeps & { messages: Pick<MessageStore, 'states'>; now: () => number };

const PAGE = 25;

/** An incident with its history and what of it was not sent, for whoever may use all its destinations. */
export async function getIncident(deps: Deps & OutcomeDeps, id: string, access: Access): Promise<IncidentView> {
  const { incidents, messages: store, now } = deps;
  const incident = isIdOf('i', id) ? await incidents.get(id) : undefined;
  if (!incident) {
    const message = `no incident has the id "${id}"; GET /incidents lists them`;
    throw new InvalidInput('incidents.get', 'unknown_incident', [{ path: 'id', code: 'unknown_incident', message }]);
  }
  requireRecord(access, { owner: incident.owner, destinations: incident.to });
  const messages = Object.entries(incident.shown ?? {}).map(([destination, shown]) => ({ destination, ...shown }));
  const ids = messages.flatMap(({ opening, closing, change }) =>
    [opening, closing, change].filter((one) => one !== undefined),
  );
  const states = await store.states([...new Set(ids)]);
  const message = troubleIn([...states.values()].flat(), now());
  const told = { ...toldOf(incident), read: await readersOf(deps, incident) };
  return viewOf({ ...incident, told, messages, ...(message && { troubles: { message, ...incident.troubles } }) });
}

/** A page of the incidents, those that fired newest first; without their histories. */
export async function listIncidents(
  { incidents }: Deps,
  { cursor, limit = PAGE }: { cursor?: string | undefined; limit?: number | undefined },
): Promise<IncidentList> {
  const page = await incidents.list({ cursor, limit });
  return { ...page, incidents: page.incidents.map(({ history: _, ...incident }) => viewOf(incident)) };
}

function viewOf(incident: Omit<Incident, 'history'> & Pick<IncidentView, 'messages' | 'troubles'>): IncidentView {
  const { people: told, read } = toldOf(incident);
  return v.parse(IncidentView, { ...incident, told, read, links: { self: `/incidents/${incident.id}` } });
}
