import type { Quiet } from '../base/people/hours.ts';
import { afterQuiet } from '../base/people/local-time.ts';
import type { AcceptDeps } from '../messages/accept.ts';
import type { Content } from '../messages/content.ts';
import { nameOfPeople } from '../messages/destination.ts';
import { acceptedOnce } from '../messages/reused-key.ts';
import type { Holder } from '../records/views.ts';
import { type Followed, type Incident, toldOf } from './incident.ts';
import { type LinkOf, takenNews, toNextPeople } from './incident-messages.ts';
import type { Reads } from './reads.ts';

export type NextDeps = AcceptDeps & { incidentLink: LinkOf; reads: Pick<Reads, 'watch'> };
type App = { name: string; timeZone: string; quiet?: Quiet | undefined };

/**
 * When it goes on to the next people (epoch ms): after their minutes, and not in the quiet hours of the app unless it is
 * urgent; undefined once somebody took or silenced it, it is over, or there is nobody more.
 */
export function nextAt(incident: Incident, app: App): number | undefined {
  const { state, next, openedAt, priority } = incident;
  const step = state === 'firing' ? next[toldOf(incident).steps] : undefined;
  if (!step) return undefined;
  const at = Date.parse(openedAt) + step.afterMinutes * 60_000;
  return priority === 'high' ? at : afterQuiet(at, app);
}

/**
 * Tells the next people, one to one, when it is their turn: those who are told if nobody read it, only then. A repeat after
 * a crash finds its message by the key.
 */
export async function goOn(
  deps: NextDeps,
  holder: Holder<Incident, Partial<Followed>>,
  before: Incident,
  app: App,
): Promise<Incident> {
  let incident = before;
  for (let at = nextAt(incident, app); at !== undefined && at <= deps.now(); at = nextAt(incident, app)) {
    const before = toldOf(incident);
    const told = await tellNext(deps, incident, app);
    incident = await holder.note(incident, { told: { ...before, ...told, steps: before.steps + 1 } });
  }
  return incident;
}

async function tellNext(deps: NextDeps, incident: Incident, app: App) {
  const { fired, steps, people, messages, read } = toldOf(incident);
  const { people: named = [], ifUnread } = incident.next[steps] ?? {};
  if (ifUnread && read.length > 0) return {};
  await deps.reads.watch(app.name, named);
  const id = await tell(deps, incident, { app, to: named, key: `next/${fired}/${steps}` }, (linkOf) =>
    toNextPeople(incident, read, linkOf),
  );
  return { people: [...new Set([...people, ...named])], messages: [...messages, id] };
}

/** Those who were told of it are told who has it: nobody else has to go. */
export async function tellTaken(deps: NextDeps, app: App, incident: Incident): Promise<Partial<Followed>> {
  const { taken } = incident;
  const others = toldOf(incident).people.filter((userId) => userId !== taken?.userId);
  if (!taken || incident.state === 'resolved' || others.length === 0) return {};
  const key = `taken/${incident.fired}`;
  await tell(deps, incident, { app, to: others, key }, (linkOf) => takenNews(incident, linkOf));
  return {};
}

type Telling = { app: App; to: string[]; key: string };

function tell(deps: NextDeps, incident: Incident, { app, to, key }: Telling, write: (linkOf: () => string) => Content) {
  const { id, app: name, owner: caller, openedAt, priority } = incident;
  // one message to several cannot carry a link of one's own
  const own = to.length === 1 ? to[0] : undefined;
  const content = write(() => deps.incidentLink({ id, app: name }, own, Date.parse(openedAt)));
  const said = { caller, idempotencyKey: `incident/${id}/${key}`, to: [nameOfPeople(app.name, to)], content, priority };
  return acceptedOnce(deps, said);
}
