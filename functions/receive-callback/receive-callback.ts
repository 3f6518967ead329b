import * as v from 'valibot';
import { isObject, isTooDeep } from '../../lib/base/json.ts';
import {
  CallbackRefusal,
  openEvent,
  sealReply,
  verifyCardSignature,
  verifyRobotSignature,
} from '../../lib/dingtalk/doors/callback.ts';
import { type CallbackQueue, isCheck, type StoredCallback } from '../../lib/events/event.ts';
import type { SecondStore } from '../../lib/events/second-store.ts';

/** DingTalk's bodies are a few kB. A queue message holds 1 MiB, and escaped emoji treble what they take in it. */
export const MAX_BODY_BYTES = 128 * 1024;

/** DingTalk waits 1,200–2,500 ms for an answer (callbacks.md §2.5); for a card it advises 1,000 (callbacks.md §7.4). */
export const BUDGET_MS = 900;

/** What a door needs of the app it belongs to. */
export type CallbackApp = {
  name: string;
  corpId: string;
  appKey: string;
  suiteKey?: string | undefined;
  appSecret: string;
  callbacks: { token: string; aesKey: string }[];
  cardSecrets: string[];
};

export type CallbackDeps = {
  /** The first is the default. */
  apps: readonly CallbackApp[];
  queue: Pick<CallbackQueue, 'put'>;
  /** For the time when the queue does not answer: reconcile moves on what it keeps. */
  store: SecondStore;
  now: () => number;
  random: (bytes: number) => Buffer;
};

/** A request to a callback door, before anything in it is verified. Header names are lower case. */
export type CallbackRequest = {
  /** The app named in the path; undefined stands for the default app. */
  app: string | undefined;
  headers: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  bytes: Buffer;
  /** API Gateway's id of the request. It is stored with the callback and logged with its event. */
  requestId?: string;
  /** Aborted when the time to answer is over; a write that is not done by then is given up. */
  signal: AbortSignal;
};

const Encrypted = v.object({ encrypt: v.string() });
/** A record of valibot's takes lists too. */
const Fields = v.custom<Record<string, unknown>>(isObject);

/**
 * Event push: verify, decrypt, keep, and only then answer the encrypted `success` (callbacks.md §2). The receiver is
 * the app key, the corp or the suite, by the way the address was registered. A test of the address is just answered.
 */
export async function receiveEvent(deps: CallbackDeps, request: CallbackRequest) {
  const { query, bytes } = request;
  // first, so that the time to an answer does not tell which apps there are
  const { encrypt } = parse(Encrypted, bytes);
  const app = appOf(deps, request);
  const receiverIds = [app.appKey, app.corpId, ...(app.suiteKey === undefined ? [] : [app.suiteKey])];
  const { plaintext, receiverId, key } = openEvent({ keys: app.callbacks, receiverIds, query, encrypt });
  const fields = parse(Fields, Buffer.from(plaintext));
  const stamp = query.timestamp ?? query.timeStamp ?? '';
  if (!isCheck(fields)) await keep(deps, request, { door: 'events', app: app.name, stamp, payload: plaintext });
  return sealReply({ key, receiverId, plaintext: 'success', now: deps.now, random: deps.random });
}

/**
 * Robot message. Its signature covers the time only (callbacks.md §5.2): captured headers are valid with another body for
 * an hour, so the message does not prove who sent it. handle-event processes each msgId once.
 */
export async function receiveRobotMessage(deps: CallbackDeps, request: CallbackRequest) {
  const payload = jsonText(request.bytes);
  const app = appOf(deps, request);
  const { timestamp = '', sign = '' } = request.headers;
  verifyRobotSignature({ appSecret: app.appSecret, timestamp, sign, now: deps.now() });
  await keep(deps, request, { door: 'robot', app: app.name, stamp: timestamp, payload });
  return { msgtype: 'empty' };
}

/** Card click: accepted only with a registered secret, since it is not signed otherwise (callbacks.md §7). */
export async function receiveCardClick(deps: CallbackDeps, request: CallbackRequest) {
  const payload = jsonText(request.bytes);
  const app = appOf(deps, request);
  const timestamp = request.headers['x-ddpaas-signature-timestamp'] ?? '';
  const signature = request.headers['x-ddpaas-signature'] ?? '';
  verifyCardSignature({ secrets: app.cardSecrets, timestamp, signature, now: deps.now() });
  await keep(deps, request, { door: 'cards', app: app.name, stamp: timestamp, payload });
  return {};
}

/** An unknown name is refused like a wrong signature, so that app names cannot be guessed. */
function appOf({ apps }: CallbackDeps, { app: name }: CallbackRequest): CallbackApp {
  const app = name === undefined ? apps[0] : apps.find((candidate) => candidate.name === name);
  if (app) return app;
  throw new CallbackRefusal('unknown_app');
}

type Verified = Pick<StoredCallback, 'app' | 'door' | 'stamp' | 'payload'>;

async function keep(deps: CallbackDeps, request: CallbackRequest, verified: Verified): Promise<void> {
  const { queue, store, now, random } = deps;
  const { signal, requestId } = request;
  const callback = { ...verified, receivedAt: new Date(now()).toISOString(), requestId };
  try {
    await queue.put(callback, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    await store.keep(random(16).toString('hex'), callback, signal);
  }
}

/** The body as text, after checking that it is a JSON object. */
function jsonText(bytes: Buffer): string {
  parse(Fields, bytes);
  return bytes.toString('utf8');
}

function parse<S extends v.GenericSchema>(schema: S, bytes: Buffer): v.InferOutput<S> {
  const text = bytes.toString('utf8');
  if (isTooDeep(text)) throw new CallbackRefusal('broken_body');
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (cause) {
    throw new CallbackRefusal('broken_body', cause);
  }
}
