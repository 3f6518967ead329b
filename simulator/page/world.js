/**
 * @typedef {import('../world/message.ts').Message} Message
 * @typedef {import('../world/tenant.ts').Group} Group
 * @typedef {import('../world/tenant.ts').Person} Person
 * @typedef {import('../world/records.ts').Todo} Todo
 * @typedef {Omit<import('../world/records.ts').CallRecord, 'body' | 'headers'>} Call
 * @typedef {import('../world/push.ts').Push} Push
 * @typedef {(Call & { kind: 'call', good: boolean }) | (Push & { kind: 'push', good: boolean })} Traffic
 * @typedef {import('../world/fault.ts').Fault} Fault
 * @typedef {ReturnType<typeof import('../gateway/limits.ts').limitsView>} Limits
 * @typedef {{ messages: Message[], whole: boolean }} Talk
 * @typedef {{ id: string, kind: 'group' | 'robot' | 'work' | 'todos' | 'files', title: string, group?: Group }} Place
 */

/**
 * The page's copy of the simulator's state: read once, then kept up to date by its event stream.
 * @type {{
 *   people: Map<string, Person>, groups: Group[], talks: Map<string, Talk>, todos: Todo[], traffic: Traffic[],
 *   faults: Fault[], limits: Limits | undefined, clockOffsetMs: number, callbackUrl?: string, app?: string,
 *   settings: Partial<import('../world/settings.ts').Settings>, streams: number,
 * }}
 */
export const world = {
  people: new Map(),
  groups: [],
  /** Conversation id -> messages, oldest first; `whole` once nothing earlier is to be fetched. */
  talks: new Map(),
  todos: [],
  traffic: [],
  faults: [],
  limits: undefined,
  settings: {},
  streams: 0,
  clockOffsetMs: 0,
};

const PAGE = 100;
const MOST_TRAFFIC = 400;
const MOST_MESSAGES = 2000;
const KEPT_MESSAGES = 500;

async function load() {
  const state = await (await fetch('/_sim/state')).json();
  world.people = new Map(state.people.map((person) => [person.userId, person]));
  world.groups = state.groups;
  world.callbackUrl = state.callbackUrl;
  world.settings = state.settings;
  world.streams = state.streams;
  world.app = state.app;
  world.clockOffsetMs = state.clockOffsetMs;
  world.todos = state.todos;
  world.faults = state.faults;
  world.limits = { usage: state.usage, robots: state.robots, apps: state.apps };
  world.talks = new Map();
  for (const message of state.messages) talk(message.conversation).messages.push(message);
  for (const each of world.talks.values()) each.whole = each.messages.length < PAGE;
  const traffic = [...state.calls.map(asCall), ...state.pushes.map(asPush)];
  // ISO times of one length: their order is that of their letters
  world.traffic = traffic.sort((a, b) => Number(a.at > b.at) - Number(a.at < b.at));
}

/**
 * Calls `take(kind, item)` for each update. After each reconnect the state is read anew; updates that arrive meanwhile
 * wait, so that none is lost.
 */
export function listen(take, onLive) {
  const stream = new EventSource('/_sim/stream');
  let waiting;
  const apply = (kind, data) => {
    keep[kind]?.(data);
    take(kind, data);
  };
  const refresh = async () => {
    if (waiting) return;
    waiting = [];
    await load();
    const news = waiting;
    waiting = undefined;
    onLive(true);
    for (const [kind, data] of news) apply(kind, data);
  };
  stream.onopen = refresh;
  stream.onerror = () => onLive(false);
  for (const kind of ['message', 'read', 'todo', 'push', 'call', 'counters', 'faults', 'reset', 'tenant'])
    stream.addEventListener(kind, (event) => {
      const data = JSON.parse(event.data);
      if (kind === 'reset' || kind === 'tenant') void refresh();
      else if (waiting) waiting.push([kind, data]);
      else apply(kind, data);
    });
}

const keep = {
  message(message) {
    const known = talk(message.conversation);
    put(known.messages, message);
    if (known.messages.length <= MOST_MESSAGES * 1.2) return;
    known.messages.splice(0, known.messages.length - MOST_MESSAGES);
    known.whole = false;
  },
  read({ userId, ids }) {
    const wanted = new Set(ids);
    for (const { messages } of world.talks.values())
      for (const message of messages)
        if (wanted.has(message.id) && !message.readBy.includes(userId)) message.readBy.push(userId);
  },
  todo(todo) {
    put(world.todos, todo);
    world.todos = world.todos.filter((candidate) => !candidate.deleted);
  },
  push: (push) => addTraffic(asPush(push)),
  call: (call) => addTraffic(asCall(call)),
  /** @param {Limits & { clockOffsetMs: number }} counters */
  counters({ clockOffsetMs, ...limits }) {
    world.limits = limits;
    world.clockOffsetMs = clockOffsetMs;
  },
  faults(faults) {
    world.faults = faults;
  },
};

/** @param {string} id */
export function talk(id) {
  const known = world.talks.get(id) ?? { messages: [], whole: true };
  world.talks.set(id, known);
  return known;
}

/** Fetches messages older than the first known one. */
export async function loadEarlier(id) {
  const known = talk(id);
  const [first] = known.messages;
  if (known.whole || !first) return [];
  const query = new URLSearchParams({ conversation: id, before: first.id, limit: String(PAGE) });
  const earlier = await (await fetch(`/_sim/messages?${query}`)).json();
  known.whole = earlier.length < PAGE;
  if (known.messages[0] !== first) return [];
  known.messages.unshift(...earlier);
  return earlier;
}

/** Drops what was fetched of long ago, once the reader is back at the end. */
export function keepNewest(id) {
  const known = talk(id);
  if (known.messages.length <= KEPT_MESSAGES) return;
  known.messages.splice(0, known.messages.length - KEPT_MESSAGES);
  known.whole = false;
}

/** Marks messages as read, here at once and in the simulator. */
export function readNow(userId, ids) {
  keep.read({ userId, ids });
  void control('POST', '/read', { userId, ids });
}

export function now() {
  return Date.now() + world.clockOffsetMs;
}

export async function control(method, path, body) {
  const response = await fetch(`/_sim${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  return response.json();
}

/** @param {Call} call @returns {Traffic} */
function asCall(call) {
  return { ...call, kind: 'call', good: call.code === 'ok' };
}

/** @param {Push} push @returns {Traffic} */
function asPush(push) {
  return { ...push, kind: 'push', good: push.state === 'delivered' };
}

/** @param {Traffic} item */
function addTraffic(item) {
  const at = item.kind === 'push' ? world.traffic.findIndex((candidate) => candidate.id === item.id) : -1;
  if (at !== -1) world.traffic[at] = item;
  else world.traffic.push(item);
  if (world.traffic.length > MOST_TRAFFIC * 1.2) world.traffic.splice(0, world.traffic.length - MOST_TRAFFIC);
}

/** Updates are mostly about the newest messages, so the search begins there. */
function put(list, item) {
  const at = list.findLastIndex((candidate) => candidate.id === item.id);
  if (at === -1) list.push(item);
  else list[at] = item;
}
