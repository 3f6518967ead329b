import type { JsonObject } from '../json.ts';
import { callAtWork } from '../world/delivery.ts';
import { schedule } from '../world/due.ts';
import type { Attempt, Door, Outgoing, Push } from '../world/push.ts';
import { nextId, remember, type State, tell } from '../world/state.ts';

export type Verdict = { valid: boolean; reason?: string; answer?: string };

export type Plan = {
  door: Door;
  event: JsonObject;
  /** The message of a person that it tells the robot of. */
  message?: string;
  request: () => Outgoing;
  judge: (status: number, text: string) => Verdict;
  retries: number[];
  /** How long the answer may take; the settings' deadline if absent. */
  deadlineMs?: () => number;
  /** Another way than HTTP to send it. */
  carry?: (signal: AbortSignal) => Promise<Reached>;
};

/** An answer: its status (200 is the only good one) and its text. */
export type Reached = { status: number; text: string };

/** Pushes once and returns after that; the retries follow by plan (callbacks.md §2.5). */
export async function push(state: State, plan: Plan): Promise<Push> {
  const { door, event, message } = plan;
  const at = state.clock.now();
  const call = callAtWork.getStore()?.id;
  const whose = { ...(message === undefined ? {} : { message }), ...(call === undefined ? {} : { call }) };
  const record: Push = {
    id: nextId(state, 'push-'),
    door,
    event,
    ...whose,
    at: iso(at),
    attempts: [],
    state: 'pending',
  };
  remember(state.pushes, record, Math.min(5000, state.settings.mostKept));
  plans.set(record, plan);
  await attempt(state, plan, record, { retries: plan.retries, due: at });
  return record;
}

/** The same push once more, as a new record. */
export async function repeatPush(state: State, earlier: Push): Promise<Push | undefined> {
  const plan = plans.get(earlier);
  return plan && push(state, plan);
}

type Rest = { retries: number[]; due: number };

/** `due` is the planned time, so that a clock moved far enough runs the whole plan. */
async function attempt(state: State, plan: Plan, record: Push, { retries, due }: Rest): Promise<void> {
  delete record.nextAt;
  record.request = plan.request();
  const result = await send(state, record.request, plan);
  // closed or reset meanwhile: the rest of the plan is dropped
  if (state.closing.signal.aborted || !state.pushes.includes(record)) return;
  record.attempts.push(result);
  const [wait, ...rest] = retries;
  if (result.valid) record.state = 'delivered';
  else if (wait !== undefined) {
    const next = due + wait;
    record.nextAt = iso(next);
    schedule(state, next, () => attempt(state, plan, record, { retries: rest, due: next }));
  } else {
    // only what went by HTTP is in the list that an app can fetch (callbacks.md §1.1)
    record.state = plan.retries.length > 0 && !plan.carry ? 'failed-list' : 'failed';
    record.failedAt = state.clock.now();
  }
  tell(state, 'push', record);
}

async function send(state: State, outgoing: Outgoing, { judge, deadlineMs, carry }: Plan): Promise<Attempt> {
  const started = performance.now();
  const at = iso(state.clock.now());
  const took = () => Math.round(performance.now() - started);
  const limit = AbortSignal.timeout(deadlineMs?.() ?? state.settings.pushDeadlineMs);
  const signal = AbortSignal.any([limit, state.closing.signal]);
  try {
    const { status, text } = await (carry ? carry(signal) : post(outgoing, signal));
    const { valid, reason, answer } =
      status === 200 ? judge(status, text) : { valid: false, reason: `${carry ? 'code' : 'http'} ${status}` };
    const words = reason === undefined ? {} : { reason };
    const plain = answer === undefined ? {} : { answer };
    return { at, ms: took(), status, ok: status >= 200 && status < 300, valid, ...words, ...plain };
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
    return {
      at,
      ms: took(),
      status: 0,
      ok: false,
      valid: false,
      reason: timedOut ? 'timeout' : `no answer: ${why(error)}`,
    };
  }
}

async function post({ url, headers, body }: Outgoing, signal: AbortSignal): Promise<Reached> {
  const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
  return { status: response.status, text: await response.text() };
}

/** Kept beside the records, which the control API shows as they are. */
const plans = new WeakMap<Push, Plan>();

function why(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
