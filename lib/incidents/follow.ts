import * as v from 'valibot';
import type { Log } from '../base/log.ts';
import type { Quiet } from '../base/people/hours.ts';
import { type Contacts, type PeopleStore, resolvePeople } from '../messages/people.ts';
import { comesBack, type FollowOutcome, followRecord } from '../records/follow.ts';
import { bringInStep, type Holder, type InStep } from '../records/views.ts';
import { type Followed, Incident, type IncidentStore, toldOf } from './incident.ts';
import { goOn, type NextDeps, nextAt, tellTaken } from './next-people.ts';
import { type IncidentBus, publishIncident } from './publish.ts';
import { type ReadersDeps, readersOf } from './reads.ts';
import { type ShowDeps, showIncident } from './show.ts';

/** The DingTalk app of an incident. */
export type IncidentApp = {
  name: string;
  timeZone: string;
  sender: string;
  corpId: string;
  quiet?: Quiet | undefined;
  contacts: Contacts;
};

export type FollowDeps = ShowDeps &
  NextDeps &
  ReadersDeps & {
    incidents: IncidentStore;
    bus: IncidentBus;
    people: PeopleStore;
    incidentApp(name?: string): IncidentApp;
    log: Log;
  };

/** Brings what shows an incident in step, and goes on to the next people when nobody took it. */
export function followIncident(deps: FollowDeps, id: string): Promise<FollowOutcome<Incident>> {
  const { incidents: store, now, randomId } = deps;
  const checks = (incident: Incident) => [nextAt(incident, deps.incidentApp(incident.app))];
  return followRecord<Incident, Partial<Followed>>(
    { store, now, randomId, withNote, work: (holder, incident) => work(deps, holder, incident), checks },
    id,
  );
}

/** An incident of the queue, or whose check is due; answers when it is to come back. */
export async function followQueuedIncident(deps: FollowDeps, id: string) {
  const outcome = await followIncident(deps, id);
  if ('record' in outcome) {
    const { record, behind } = outcome;
    const [code] = Object.values(record.troubles ?? {}).map((trouble) => trouble.code);
    deps.log.info('incident-shown', { incidentId: id, version: record.version, status: record.state });
    if (behind) deps.log.warn('incident-show-failed', { incidentId: id, code, retryInMs: behind.retryInMs });
  }
  return comesBack(outcome);
}

async function work(
  deps: FollowDeps,
  holder: Holder<Incident, Partial<Followed>>,
  taken: Incident,
): Promise<InStep<Incident>> {
  const placed = taken.corpId === undefined ? await holder.note(taken, await placeOf(deps, taken)) : taken;
  const app = deps.incidentApp(placed.app);
  const record = await goOn(deps, holder, await noteReaders(deps, holder, placed, app), app);
  return bringInStep(holder, { record }, [
    { name: 'names', show: (incident) => namesOf(deps, app, incident) },
    { name: 'message', show: async (incident) => ({ shown: await showIncident(deps, incident) }) },
    { name: 'people', show: (incident) => tellTaken(deps, app, incident) },
    { name: 'lists', show: (incident) => enlist(deps, incident) },
    { name: 'bus', show: (incident) => publishIncident(deps.bus, app.name, incident) },
  ]);
}

function withNote(incident: Incident, noted: Partial<Followed>): Incident {
  const members = Object.entries({ ...incident, ...noted }).filter(([, value]) => value !== undefined);
  return v.parse(Incident, Object.fromEntries(members));
}

/** Its people are those of the first app that shows it; where none does, of the default one. */
async function placeOf({ destinations, incidentApp }: FollowDeps, { to }: Incident): Promise<Partial<Followed>> {
  const found = await Promise.all(to.map((name) => destinations.get(name)));
  const named = found.flatMap((one) => (one && 'app' in one && one.app !== undefined ? [one.app] : []));
  const { name, corpId, sender, timeZone } = incidentApp(named[0]);
  return { app: name, corpId, sender, timeZone };
}

/** Who of those who were told has read it. No view is behind for that: what the next people are told says so. */
async function noteReaders(
  deps: FollowDeps,
  holder: Holder<Incident, Partial<Followed>>,
  incident: Incident,
  app: IncidentApp,
): Promise<Incident> {
  const told = toldOf(incident);
  const read = await readersOf(deps, incident);
  if (read.length <= told.read.length) return incident;
  const noted = { ...incident, told: { ...told, read } };
  // nobody waits to be told because a name cannot be looked up: the userId is said then
  const names = await namesOf(deps, app, noted).catch(() => ({}));
  return holder.note(noted, { told: noted.told, ...names });
}

/** What people call those who tapped or read it: asked once of each. */
async function namesOf(deps: FollowDeps, app: IncidentApp, incident: Incident): Promise<Partial<Followed>> {
  const { taken, silenced, told, history } = incident;
  const all = [taken?.userId, silenced?.userId, ...(told?.read ?? [])];
  // of those whom nothing here tells of any more the names go
  const named = new Set([...all, ...history.map(({ by }) => by.id)]);
  const names = Object.fromEntries(Object.entries(incident.names ?? {}).filter(([userId]) => named.has(userId)));
  const ids = all.filter((userId) => userId !== undefined && !(userId in names));
  if (ids.length === 0) return {};
  const refs = [...new Set(ids)].map((userId) => ({ userId: userId ?? '' }));
  const { people } = await resolvePeople(deps, { app: app.name, contacts: app.contacts }, '', refs);
  return { names: { ...names, ...Object.fromEntries(people.map(({ userId, name }) => [userId, name ?? userId])) } };
}

async function enlist({ incidents }: FollowDeps, incident: Incident): Promise<Partial<Followed>> {
  if (incident.listed === incident.openedAt) return {};
  await incidents.enlist(incident);
  return { listed: incident.openedAt };
}
