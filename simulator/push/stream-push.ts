import { type JsonObject, parseObject, textIn } from '../json.ts';
import type { Outgoing } from '../world/push.ts';
import { nextId, type State } from '../world/state.ts';
import { listeners, type StreamAnswer, type StreamConnection, type Subscription } from '../world/stream.ts';
import type { App } from '../world/tenant.ts';
import type { Reached, Verdict } from './pushes.ts';

/** A message for an app's Stream connections (callbacks.md §8). The id stays the same when it is repeated. */
export type StreamMessage = { app: App; subscription: Subscription; headers: JsonObject; data: JsonObject };

export function streamMessage(
  state: State,
  app: App,
  { own = {}, ...subscription }: Subscription & { own?: JsonObject },
  data: JsonObject,
): StreamMessage {
  const { topic } = subscription;
  const headers = { appId: app.appKey, contentType: 'application/json', messageId: nextId(state, 'stream-'), topic };
  return { app, subscription, headers: { ...headers, ...own }, data };
}

/** As a push shows it; which connection it takes is decided when it is sent. */
export function asOutgoing({ subscription: { type, topic }, headers, data }: StreamMessage): Outgoing {
  const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return { url: `stream:${type}:${topic}`, headers: texts, body: JSON.stringify(data) };
}

/** Over one of the connections at random (callbacks.md §8); rejects when there is none, or it breaks, or nobody answers. */
export async function overStream(state: State, message: StreamMessage, signal: AbortSignal): Promise<Reached> {
  const { type, topic } = message.subscription;
  const open = listeners(state.streams, message.app.appKey, type, topic);
  const connection = open[(state.chance.bytes(1)[0] ?? 0) % Math.max(1, open.length)];
  if (!connection) throw new Error('no Stream connection is open');
  const { code, data } = await ask(state, connection, message, signal);
  return { status: code, text: data };
}

function ask(
  state: State,
  connection: StreamConnection,
  { subscription, headers, data }: StreamMessage,
  signal: AbortSignal,
): Promise<StreamAnswer> {
  const messageId = String(headers.messageId);
  const own = { ...headers, connectionId: connection.id, time: String(state.clock.now()) };
  const frame = { specVersion: '1.0', type: subscription.type, headers: own, data: JSON.stringify(data) };
  return new Promise<StreamAnswer>((settle, fail) => {
    connection.waiting.set(messageId, { settle, fail });
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
    connection.write(JSON.stringify(frame));
  }).finally(() => connection.waiting.delete(messageId));
}

/** SUCCESS ends it, LATER asks for it again (callbacks.md §8). */
export function judgeEvent(answer: string, needsStatus: boolean): Verdict {
  const status = textIn(parseObject(answer), 'status') ?? (needsStatus ? undefined : 'SUCCESS');
  if (status === 'SUCCESS') return { valid: true, answer };
  return { valid: false, reason: status === 'LATER' ? 'LATER' : 'no status SUCCESS or LATER', answer };
}

/** The data of an event over Stream: its own fields, all beginning in lower case (callbacks.md §3). */
export function eventData({
  EventType: _,
  EventTime: __,
  CorpId: ___,
  BizId: ____,
  eventId: _____,
  ...own
}: JsonObject) {
  return Object.fromEntries(
    Object.entries(own).map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), value]),
  );
}
