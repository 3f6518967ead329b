import { rmSync } from 'node:fs';
import { type Chance, createChance } from './chance.ts';
import { type Clock, createClock } from './clock.ts';
import type { Dentry, Grant, Space, Upload } from './drive.ts';
import type { Fault } from './fault.ts';
import type { Message } from './message.ts';
import type { Push } from './push.ts';
import type {
  AppRobotLog,
  Bill,
  CallbackRegistration,
  CallRecord,
  Card,
  CardRoute,
  Ding,
  DownloadCode,
  DownloadLink,
  Preview,
  RefreshToken,
  RobotLog,
  Session,
  SignInCode,
  StoredFile,
  Todo,
  Token,
  UserToken,
  WorkTask,
} from './records.ts';
import { defaults, type Settings } from './settings.ts';
import type { StreamConnection, StreamTicket } from './stream.ts';
import { createTenant, type Tenant } from './tenant.ts';

/** Work that is to happen at a time of the simulator's clock. */
export type Scheduled = { at: number; run: () => Promise<void>; timer: NodeJS.Timeout | undefined };

/** Deletes all objects: on reset, and when the simulator closes. */
export function dropObjects(state: State): void {
  if (state.drive.folder) rmSync(state.drive.folder, { recursive: true, force: true });
  state.drive.folder = undefined;
}

export type News = (kind: string, data: unknown) => void;

type Drive = {
  spaces: Space[];
  dentries: Dentry[];
  uploads: Map<string, Upload>;
  grants: Map<string, Grant>;
  /** Where the bytes lie, once there are any. */
  folder: string | undefined;
};

/** What a reset clears. */
type Memory = {
  settings: Settings;
  tenant: Tenant;
  tokens: Token[];
  calls: CallRecord[];
  messages: Message[];
  files: StoredFile[];
  todos: Todo[];
  workTasks: WorkTask[];
  faults: Fault[];
  pushes: Push[];
  failedListShown: Set<string>;
  due: Scheduled[];
  eventTimes: Map<string, number>;
  sessions: Map<string, Session>;
  downloadCodes: Map<string, DownloadCode>;
  downloadLinks: Map<string, DownloadLink>;
  cards: Map<string, Card>;
  cardRoutes: Map<string, CardRoute>;
  /** Card and guid of what was streamed (messaging.md §7.4). */
  streamed: Map<string, true>;
  dings: Map<string, Ding>;
  usedCids: Set<string>;
  /** By appKey: one address per app (callbacks.md §1.1). */
  registrations: Map<string, CallbackRegistration>;
  drive: Drive;
  streamTickets: Map<string, StreamTicket>;
  signInCodes: Map<string, SignInCode>;
  userTokens: Map<string, UserToken>;
  refreshTokens: Map<string, RefreshToken>;
  /** App and person; withdrawn in the client (identity.md §2.4). */
  consents: Set<string>;
  /** Links of messages that were fetched for a preview. */
  previews: Preview[];
  robotLogs: Map<string, RobotLog>;
  appRobotLogs: Map<string, AppRobotLog>;
  /** Calls by the address they come from. */
  addresses: Map<string, { window: number; count: number; blockedUntil: number }>;
  robotUuids: Map<string, Map<string, true>>;
  perSecond: Map<string, { second: number; count: number }>;
  perMinute: Map<string, { minute: number; count: number }>;
  /** By month, app, kind and act. */
  bills: Map<string, Bill>;
  counter: number;
};

/** What the simulator was started with, and goes back to on reset. */
export type Start = {
  settings?: Partial<Settings>;
  fill?: (state: State) => void;
  /** The clock stands still at this time; absent: the real time. */
  clock?: number;
  /** The same seed gives the same ids, keys and tokens; absent: random. */
  seed?: string;
};

export type State = Memory & {
  clock: Clock;
  chance: Chance;
  /** Where pushes go (base address); undefined until it is set. */
  callbackUrl: string | undefined;
  /** The simulator's own address, for the links it hands out. */
  url: string;
  /** Aborted when the simulator closes: ends pushes, hanging calls and streams. */
  closing: AbortController;
  listeners: Set<News>;
  /** Open Stream connections; a reset keeps them, as a program that listens goes on listening. */
  streams: StreamConnection[];
  start: Start;
};

export function createState(start: Start = {}, callbackUrl?: string): State {
  const state: State = {
    ...freshMemory(start.settings),
    clock: createClock(start.clock),
    chance: createChance(start.seed),
    callbackUrl,
    url: '',
    closing: new AbortController(),
    listeners: new Set(),
    streams: [],
    start,
  };
  start.fill?.(state);
  return state;
}

/** Everything back to the fixtures; the object stays the same, since every route holds it. */
export function resetState(state: State): void {
  for (const scheduled of state.due) clearTimeout(scheduled.timer);
  dropObjects(state);
  Object.assign(state, freshMemory(state.start.settings));
  state.clock.reset();
  state.chance.reset();
  state.start.fill?.(state);
  tell(state, 'reset', {});
}

export function tell(state: State, kind: string, data: unknown): void {
  for (const listener of state.listeners) listener(kind, data);
}

export function nextId(state: State, prefix: string): string {
  state.counter += 1;
  return `${prefix}${state.counter}`;
}

/** Appends and drops the oldest, so that memory stays bounded. */
export function remember<T>(list: T[], item: T, most: number): void {
  list.push(item);
  if (list.length > most * 1.1) list.splice(0, list.length - most);
}

/** The same for what is found by its key. */
export function rememberKey<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}

function freshMemory(settings: Partial<Settings> = {}): Memory {
  return {
    settings: { ...structuredClone(defaults), ...structuredClone(settings) },
    tenant: createTenant(),
    tokens: [],
    calls: [],
    messages: [],
    files: [],
    todos: [],
    workTasks: [],
    faults: [],
    pushes: [],
    failedListShown: new Set(),
    due: [],
    eventTimes: new Map(),
    sessions: new Map(),
    downloadCodes: new Map(),
    downloadLinks: new Map(),
    cards: new Map(),
    cardRoutes: new Map(),
    streamed: new Map(),
    dings: new Map(),
    usedCids: new Set(),
    registrations: new Map(),
    streamTickets: new Map(),
    signInCodes: new Map(),
    userTokens: new Map(),
    refreshTokens: new Map(),
    consents: new Set(),
    previews: [],
    drive: { spaces: [], dentries: [], uploads: new Map(), grants: new Map(), folder: undefined },
    robotLogs: new Map(),
    appRobotLogs: new Map(),
    addresses: new Map(),
    robotUuids: new Map(),
    perSecond: new Map(),
    perMinute: new Map(),
    bills: new Map(),
    counter: 0,
  };
}
