import type { StoredCallback } from './event.ts';

/** Where the doors keep what the queue does not take. An aborted write may have succeeded. */
export type SecondStore = {
  keep(id: string, callback: StoredCallback, signal?: AbortSignal): Promise<void>;
  /** Notes that something was refused now: DingTalk may have put it on its failed list. */
  noteRefusal(): Promise<void>;
};
