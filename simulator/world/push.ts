import type { JsonObject } from '../json.ts';

/** The kinds of push: events, robot messages, card callbacks (callbacks.md §0, fact 1). */
export type Door = 'events' | 'robot' | 'cards';

export type Attempt = {
  at: string;
  ms: number;
  /** 0 when no answer came. */
  status: number;
  ok: boolean;
  reason?: string;
  /** The plain text of the answer, decrypted where it was sealed. */
  answer?: string;
  /** Whether DingTalk would accept the answer. */
  valid: boolean;
};

export type Push = {
  id: string;
  door: Door;
  at: string;
  event: JsonObject;
  /** The message of a person that it tells the robot of. */
  message?: string;
  /** The call that brought it about. */
  call?: string;
  attempts: Attempt[];
  state: 'pending' | 'delivered' | 'failed-list' | 'failed';
  failedAt?: number;
  /** When the next try is due, by the simulator's clock. */
  nextAt?: string;
  /** The last request as it was sent, for display and for a repeat by hand. */
  request?: Outgoing;
};

/** A request for one attempt, made anew each time, since each is signed anew. */
export type Outgoing = { url: string; headers: Record<string, string>; body: string };
