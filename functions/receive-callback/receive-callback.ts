import * as v from 'valibot';
import {
  CallbackRefusal,
  openEvent,
  sealReply,
  verifyCardSignature,
  verifyRobotSignature,
} from '../../lib/dingtalk/callback.ts';
import type { CallbackQueue, StoredCallback } from '../../lib/events/event.ts';

/** DingTalk's bodies are a few kB; SQS takes 256 kB, and base64 plus the envelope need room in it. */
export const MAX_BODY_BYTES = 128 * 1024;

/** What a door needs of the app it belongs to. */
export type CallbackApp = {
  name: string;
  corpId: string;
  appKey: string;
  appSecret: string;
  callbacks: { token: string; aesKey: string }[];
  cardSecrets: string[];
};

export type CallbackDeps = {
  app: CallbackApp;
  queue: CallbackQueue;
  now: () => number;
  random: (bytes: number) => Buffer;
};

export type Knock = {
  headers: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  bytes: Buffer;
};

const Encrypted = v.object({ encrypt: v.string() });

/** Event push: verify, decrypt, keep, and only then answer the encrypted `success` (callbacks.md §2). */
export async function receiveEvent(deps: CallbackDeps, { query, bytes }: Knock) {
  const { encrypt } = parse(Encrypted, bytes);
  const { callbacks: keys, appKey, corpId } = deps.app;
  const { plaintext, receiverId, key } = openEvent({ keys, receiverIds: [appKey, corpId], query, encrypt });
  await keep(deps, 'events', query.timestamp ?? query.timeStamp ?? '', jsonText(Buffer.from(plaintext)));
  return sealReply({ key, receiverId, plaintext: 'success', now: deps.now, random: deps.random });
}

/** Robot message: its signature covers the time only, so handle-event also knows each msgId once (callbacks.md §5). */
export async function receiveRobotMessage(deps: CallbackDeps, { headers, bytes }: Knock) {
  const { timestamp = '', sign = '' } = headers;
  verifyRobotSignature({ appSecret: deps.app.appSecret, timestamp, sign, now: deps.now() });
  await keep(deps, 'robot', timestamp, jsonText(bytes));
  return { msgtype: 'empty' };
}

/** Card click: only with a registered secret, since without one anybody could click (callbacks.md §7). */
export async function receiveCardClick(deps: CallbackDeps, { headers, bytes }: Knock) {
  const timestamp = headers['x-ddpaas-signature-timestamp'] ?? '';
  const signature = headers['x-ddpaas-signature'] ?? '';
  verifyCardSignature({ secrets: deps.app.cardSecrets, timestamp, signature, now: deps.now() });
  await keep(deps, 'cards', timestamp, jsonText(bytes));
  return {};
}

async function keep(deps: CallbackDeps, door: StoredCallback['door'], stamp: string, payload: string): Promise<void> {
  const receivedAt = new Date(deps.now()).toISOString();
  await deps.queue.put({ door, app: deps.app.name, receivedAt, stamp, payload });
}

/** The body as text, once it is known to be a JSON object: what is kept must be readable later. */
function jsonText(bytes: Buffer): string {
  parse(v.record(v.string(), v.unknown()), bytes);
  return bytes.toString('utf8');
}

function parse<S extends v.GenericSchema>(schema: S, bytes: Buffer): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new CallbackRefusal('broken_body', cause);
  }
}
