import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { PutSource } from '../../contract/requests/sources.ts';
import { createDueTable } from '../../lib/aws/tables/records/due-table.ts';
import { createIncidentTable } from '../../lib/aws/tables/records/incident-table.ts';
import { createReadTable } from '../../lib/aws/tables/records/read-table.ts';
import { sha256 } from '../../lib/base/hash.ts';
import { createIds } from '../../lib/base/ids.ts';
import type { Quiet } from '../../lib/base/people/hours.ts';
import { createPageLinks } from '../../lib/base/visitor/page-link.ts';
import { createSessions } from '../../lib/base/visitor/session.ts';
import { fillTemplate } from '../../lib/compose/templates.ts';
import { followQueuedIncident } from '../../lib/incidents/follow.ts';
import type { IncidentEvent } from '../../lib/incidents/publish.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import { withPeople } from '../../lib/messages/kinds/robot-users.ts';
import type { CardForm } from '../../lib/messages/render/card.ts';
import { queueDue } from '../../lib/records/due.ts';
import { renderSource } from '../../lib/sources/render-source.ts';
import type { Received, Source } from '../../lib/sources/source.ts';
import { nightWorld } from './night-world.ts';
import { startMessageTable } from './tables.ts';

const MINUTE_MS = 60_000;

type Options = {
  destinations: Record<string, Destination>;
  start: string;
  sources: Record<string, PutSource>;
  /** The app of the incidents' people, by its name. */
  app?: (name?: string) => { timeZone: string; quiet?: Quiet };
};

/** The world of the nights with sources, their incidents, and what follows these. DingTalk knows everybody by their userId. */
export async function incidentWorld({ destinations, start, sources, app }: Options) {
  const night = await nightWorld(destinations, start);
  night.deps.destinations = withPeople(night.deps.destinations);
  await startMessageTable(night.client, 'records');
  const { now } = night;
  const queued: string[] = [];
  const events: IncidentEvent[] = [];
  /** Minutes in which an incident may be due. */
  const awaited = new Set<number>();
  const stored = createIncidentTable(night.client, 'records', now);
  const incidents: typeof stored = {
    ...stored,
    async leave(id, owner, next, noted) {
      if (next.dueAt !== undefined) awaited.add(Math.ceil(next.dueAt / MINUTE_MS) * MINUTE_MS);
      await stored.leave(id, owner, next, noted);
    },
  };
  /** The form of cards with buttons, once a tap on one was seen. */
  const buttons: { form?: CardForm } = {};
  const people = new Map<string, { userId: string; unionId: string; name: string }>();
  const sign = (purpose: string, text: string) => sha256(`${purpose}${text}`, 22);
  const links = createPageLinks({ publicUrl: 'https://dock.example.com', sign, now }, 'i');
  // the same object as the workers of messages have: what a test changes, they see
  const deps = Object.assign(night.deps, {
    sources: {
      async read(name: string): Promise<Source | undefined> {
        const rules = sources[name];
        return rules && { name, owner: 'key:ci', rules, keyHash: '' };
      },
      note: async () => undefined,
    },
    raw: { get: () => expect.fail('no body is stored') },
    most: { parts: 20, calls: 200 },
    fill: fillTemplate,
    incidents,
    incidentId: (owner: string, identity: string) => createIds('key').of('i', owner, identity),
    incidentLink: links.linkOf,
    incidentUrl: links.pageUrl,
    incidentHolder: links.holderOf,
    incidentApp: (name = 'default') => ({
      name,
      corpId: 'corp',
      sender: '某公司',
      timeZone: 'Asia/Shanghai',
      ...app?.(name),
      contacts: {
        getUser: async (userId: string) => ({ userId, unionId: `union-${userId}`, name: `${userId} 先生` }),
        userIdOfMobile: () => expect.fail('nobody is known by a number'),
        userIdOfUnionId: () => expect.fail('nobody is known by a unionId'),
      },
    }),
    people: {
      get: async (key: string) => people.get(key),
      async put(key: string, known: object) {
        if ('name' in known) people.set(key, known as { userId: string; unionId: string; name: string });
      },
    },
    reads: createReadTable(night.client, 'records', now),
    buttonForms: async () => buttons.form,
    bus: { publish: async (event: IncidentEvent) => void events.push(event) },
    queue: { put: async (id: string) => void queued.push(id) },
    sessions: createSessions({ key: 'key', now }),
    departures: { leftAt: async () => undefined },
    deeds: { take: async () => ({ granted: true as const }), mayTell: async () => true },
  });

  /** Follows what is queued, and lets the workers of messages run. */
  async function work(): Promise<void> {
    for (let id = queued.shift(); id !== undefined; id = queued.shift()) await followQueuedIncident(deps, id);
    await night.work();
  }

  /** What came is worked off once, or more often when a worker dies. */
  async function receive(body: unknown, { times = 1, source = 'alarms' } = {}): Promise<void> {
    const receivedAt = new Date(now()).toISOString();
    const received: Received = { id: randomUUID(), source, receivedAt, body: JSON.stringify(body) };
    for (let n = 0; n < times; n += 1) await renderSource(deps, received);
    await work();
  }

  /** Goes on to this time; the check of records runs in each minute in which one may be due. */
  async function until(time: number): Promise<void> {
    const due = createDueTable(night.client, 'records');
    for (;;) {
      const next = Math.min(...awaited);
      if (next > time) break;
      awaited.delete(next);
      await night.until(next);
      await queueDue({ due, records: deps.queue, now });
      await work();
    }
    await night.until(time);
  }

  return { ...night, deps, buttons, events, receive, work, until, wait: (ms: number) => until(now() + ms) };
}
