import type { Accepted } from './load.ts';
import type { BusLine, ChaosWorld } from './world.ts';

/**
 * `open`: nothing final yet. `told`: it will not come, and who waits for it can see that. `lie`: the record and DingTalk
 * say different things.
 */
export type Fate = { state: 'arrived' | 'told' | 'open' | 'lie'; times: number; flagged: boolean; what: string };

const DAY_MS = 24 * 3_600_000;

type Todo = { sourceId?: string; executorIds: string[] };
type Said = { text?: string; title?: string; via: string };
type Share = { key: string; status: string; code?: string; targets: { possibleDuplicate?: boolean }[] };
/** What is there, on all sides, at one moment. */
export type Seen = {
  texts: string[];
  todos: Todo[];
  bus: BusLine[];
  shares: Map<string, Share>;
  pushes: Push[];
  /** Pushes that no door took, by what they carry. */
  untaken: string;
};
type Push = { state: string; event: object; attempts: object[] };

/** What the simulator, the bus and the list of shares show now. */
export async function seenNow(world: ChaosWorld): Promise<Seen> {
  const messages: Said[] = (await world.sim('GET', '/messages'))?.body ?? [];
  const ours = messages.filter(({ via }) => via !== 'person');
  const pushes: Push[] = (await world.sim('GET', '/pushes'))?.body ?? [];
  const shares = await sharesSince(world, world.since, Date.now());
  return {
    texts: ours.map(({ text = '', title = '' }) => `${title} ${text}`),
    todos: (await world.sim('GET', '/todos'))?.body ?? [],
    bus: world.busEvents(),
    shares: new Map(shares.map((share) => [share.key, share])),
    pushes,
    untaken: JSON.stringify(pushes.filter(({ state }) => state !== 'delivered').map(({ event }) => event)),
  };
}

/** All files that were shared since then (epoch ms): the API lists them by day, and a night may pass meanwhile. */
export async function sharesSince({ api }: Pick<ChaosWorld, 'api'>, since: number, now: number): Promise<Share[]> {
  const shares: Share[] = [];
  for (let at = since - (since % DAY_MS); at <= now; at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page = await api('GET', `/shares?day=${day}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      shares.push(...(page?.body?.shares ?? []));
      cursor = page?.body?.cursor;
    }
  }
  return shares;
}

/** What became of one thing, when nothing more will. */
export async function fateOf(world: ChaosWorld, { kind, name, id }: Accepted, seen: Seen): Promise<Fate> {
  if (kind === 'message') return fateOfMessage((await world.api('GET', `/messages/${id}`))?.body, name, seen);
  if (kind === 'task') return fateOfTask((await world.api('GET', `/tasks/${id}`))?.body, name, seen);
  if (kind === 'fileOut') return fateOfShare(seen.shares.get(`share/project/${name}.pdf`), name, seen);
  const lines = seen.bus.filter(({ detail }) => JSON.stringify(detail).includes(name));
  if (kind === 'event')
    return { ...fateOfLines(lines, () => lines.length > 0), what: `not on the bus, ${pushOf(name, seen)}` };
  const told = lines.filter(({ detail }) => detail.type === 'file.refused');
  const isAnswered = seen.texts.some((text) => text.includes(`${name}.pdf`));
  if (told.length > 0) {
    const what = `file.refused, sender ${isAnswered ? 'told' : 'not told'}`;
    return {
      state: isAnswered ? 'told' : 'open',
      times: new Set(told.map(({ detail }) => detail.id)).size,
      flagged: false,
      what,
    };
  }
  return fateOfLines(lines, ({ detail }) => detail.type === 'file.received');
}

/** How DingTalk tells of what it pushed. */
function pushOf(name: string, { pushes }: Seen): string {
  const push = pushes.find(({ event }) => JSON.stringify(event).includes(name));
  return push ? `its push is ${push.state}: ${JSON.stringify(push.attempts)}` : 'and never pushed';
}

/** An event that is on the bus twice has one id: that is the flag. */
function fateOfLines(lines: BusLine[], isMeant: (line: BusLine) => boolean): Fate {
  const ids = lines.filter(isMeant).map(({ detail }) => detail.id);
  const flagged = new Set(ids).size === 1;
  return { state: ids.length > 0 ? 'arrived' : 'open', times: ids.length, flagged, what: 'not on the bus' };
}

type Delivery = { status: string; possibleDuplicate?: boolean; attempts?: object[]; waits?: object };

function fateOfMessage(body: { deliveries?: Delivery[]; status?: string } | undefined, name: string, seen: Seen): Fate {
  const [delivery] = body?.deliveries ?? [];
  const status = delivery?.status ?? body?.status ?? 'unreadable';
  const times = seen.texts.filter((text) => text.includes(name)).length;
  const fate = fateBy(status, { times, flagged: delivery?.possibleDuplicate === true });
  const { attempts, waits } = delivery ?? {};
  return { ...fate, what: `${fate.what} ${JSON.stringify({ waits, last: attempts?.at(-1) })}` };
}

function fateOfShare(share: Share | undefined, name: string, seen: Seen): Fate {
  // a file, or where DingTalk took none for too long a card with a link: both show the name
  const times = seen.texts.filter((text) => text.includes(name)).length;
  const flagged = share?.targets.some(({ possibleDuplicate }) => possibleDuplicate === true) ?? false;
  const status = share?.status ?? 'unreadable';
  return fateBy(status === 'shared' ? 'sent' : status, { times, flagged });
}

const FAILED = ['failed', 'refused', 'expired', 'partly'];

function fateBy(status: string, { times, flagged }: { times: number; flagged: boolean }): Fate {
  const of = (state: Fate['state']) => ({ state, times, flagged, what: `${status}, ${times} times there` });
  if (status === 'sent') return of(times > 0 ? 'arrived' : 'lie');
  if (FAILED.includes(status)) return of(times > 0 ? 'lie' : 'told');
  return of(status === 'unknown' ? 'told' : 'open');
}

type TaskBody = { todoId?: string; status: string; troubles?: object; id: string };

function fateOfTask(body: TaskBody | undefined, name: string, seen: Seen): Fate {
  const todos = seen.todos.filter(({ sourceId }) => body !== undefined && sourceId === body.id);
  const told = seen.texts.filter((text) => text.includes(name)).length;
  const what = `${body?.status ?? 'unreadable'}, to-do ${todos.length}, notice ${told}`;
  const times = Math.max(todos.length, told);
  const there = { times, flagged: false, what };
  if (body?.status === 'failed') return { ...there, state: times > 0 ? 'lie' : 'told' };
  if (body?.todoId !== undefined && todos.length === 0) return { ...there, state: 'lie' };
  return { ...there, state: body?.todoId !== undefined && told > 0 ? 'arrived' : 'open' };
}
