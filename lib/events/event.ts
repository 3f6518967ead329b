import * as v from 'valibot';

/**
 * A callback as a door stored it or reconcile fetched it: its app, its door, its time, and the verified text from
 * DingTalk.
 */
export const StoredCallback = v.object({
  door: v.picklist(['events', 'robot', 'cards', 'failed-list']),
  app: v.string(),
  receivedAt: v.string(),
  /** DingTalk's time stamp of the request: the only difference between two equal card clicks. */
  stamp: v.string(),
  payload: v.string(),
  /** API Gateway's id of the request: it leads from the event to its callback in the logs. */
  requestId: v.optional(v.string()),
});
export type StoredCallback = v.InferOutput<typeof StoredCallback>;

/**
 * What other systems get on the bus. Times are ISO 8601; `raw` is DingTalk's own JSON. An event of over 200 kB comes with
 * an empty one and `rawLeftOut: true`.
 */
export type BusEvent = {
  id: string;
  type: string;
  app: string;
  corpId?: string;
  occurredAt: string;
  data: Record<string, unknown>;
  raw: string;
  /** Of what people write to the robot: the address, on the API, that takes an answer. */
  links?: { reply: string };
};

/** The queue of handle-event. An aborted put may have succeeded. */
export type CallbackQueue = {
  put(callback: StoredCallback, signal?: AbortSignal): Promise<void>;
  putAll(callbacks: readonly StoredCallback[]): Promise<void>;
  /** @throws when the queue cannot be reached */
  check(): Promise<void>;
};

/** DingTalk's tests of the address (callbacks.md §2.4): they are answered and not stored. */
const CHECKS = ['check_url', 'check_create_suite_url', 'check_update_suite_url'];

/** Whether an event is a test of the address; the casing of names is not reliable (callbacks.md §0, fact 11). */
export function isCheck(fields: Record<string, unknown>): boolean {
  const type = Object.entries(fields).find(([name]) => name.toLowerCase() === 'eventtype')?.[1];
  return typeof type === 'string' && CHECKS.includes(type);
}

/** The company's event bus. */
export type Bus = { publish(event: BusEvent): Promise<void> };

/** Deduplicates work: a claim lasts for a while; once it is finished, the work is never done again. */
export type Claims = {
  /** `owner` is whoever works, the same when the same record is worked on again. */
  claim(id: string, owner: string): Promise<'claimed' | 'busy' | 'done'>;
  finish(id: string): Promise<void>;
  /** Keeps what became of claimed work until its end, so that it is not done again when only its end is missing. */
  keep(id: string, made: unknown): Promise<void>;
  kept(id: string): Promise<unknown>;
  /** Gives up a claim that still belongs to the owner, so that another worker can claim it at once. */
  release(id: string, owner: string): Promise<void>;
  /** Gives claimed work a second id. `done` or `busy`: that id was claimed before as work of its own. */
  alias(id: string, of: string): Promise<'free' | 'busy' | 'done'>;
};
