import * as v from 'valibot';

/**
 * What a door stored, or reconcile fetched: the app it is for, which way it came, when, and the verified text that
 * DingTalk sent.
 */
export const StoredCallback = v.object({
  door: v.picklist(['events', 'robot', 'cards', 'failed-list']),
  app: v.string(),
  receivedAt: v.string(),
  /** DingTalk's time stamp of the request: for a card click the only thing that tells two clicks apart. */
  stamp: v.string(),
  payload: v.string(),
  /** API Gateway's id of the request that brought it: the way back from an event to its callback in the logs. */
  requestId: v.optional(v.string()),
});
export type StoredCallback = v.InferOutput<typeof StoredCallback>;

/** What other systems get on the bus. Times are ISO 8601; `raw` is DingTalk's own JSON. */
export type BusEvent = {
  id: string;
  type: string;
  app: string;
  corpId?: string;
  occurredAt: string;
  data: Record<string, unknown>;
  raw: string;
};

/** Where callbacks wait for handle-event. A put that was aborted may have happened all the same. */
export type CallbackQueue = {
  put(callback: StoredCallback, signal?: AbortSignal): Promise<void>;
  putAll(callbacks: readonly StoredCallback[]): Promise<void>;
  /** Throws when nothing could be put just now. */
  check(): Promise<void>;
};

/** DingTalk's tests of the address (callbacks.md §2.4): answered, and of interest to nobody else. */
const CHECKS = ['check_url', 'check_create_suite_url', 'check_update_suite_url'];

/** Whether an event is a test of the address; the casing of names is not reliable (callbacks.md §0, fact 11). */
export function isCheck(fields: Record<string, unknown>): boolean {
  const type = Object.entries(fields).find(([name]) => name.toLowerCase() === 'eventtype')?.[1];
  return typeof type === 'string' && CHECKS.includes(type);
}

/** The company's event bus. */
export type Bus = { publish(event: BusEvent): Promise<void> };

/** Work that must be done once: claimed for a while, then done for good. */
export type Claims = {
  /** `owner` is new for each claim. */
  claim(id: string, owner: string): Promise<'claimed' | 'busy' | 'done'>;
  finish(id: string): Promise<void>;
  /** Gives up a claim that is in flight and still this owner's. */
  release(id: string, owner: string): Promise<void>;
  /** Gives work that is being done a second id. `done` or `busy`: it was taken up under that id as work of its own. */
  alias(id: string, of: string): Promise<'free' | 'busy' | 'done'>;
};
