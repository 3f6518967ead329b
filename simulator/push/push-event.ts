import { createHash } from 'node:crypto';
import { type JsonObject, numberIn, parseObject, textIn } from '../json.ts';
import { decryptEvent, encryptEvent, eventSignature } from '../world/crypto.ts';
import type { Outgoing, Push } from '../world/push.ts';
import { rememberKey, type State } from '../world/state.ts';
import { push, type Verdict } from './pushes.ts';

/** Where events go, and what seals them: the console's subscription or a registered callback. */
export type EventDoor = { url: string; token: string; aesKey: string };

/** How an event is encrypted: receiver id, format, and whether it is broken on purpose. */
export type EventOptions = {
  receiver: string;
  via: 'console' | 'old';
  tamper: 'signature' | undefined;
  door: EventDoor;
  /** Instead of the settings' plan. */
  retries?: readonly number[];
};

/** Event push by HTTP: encrypted, signed, checked and repeated as DingTalk does (callbacks.md §2). */
export async function pushEvent(state: State, event: JsonObject, options: EventOptions): Promise<Push> {
  const text = JSON.stringify(event);
  return push(state, {
    door: 'events',
    event,
    request: () => sealed(state, text, options),
    judge: (_status, answer) => judgeAnswer(answer, options),
    retries: [...(options.retries ?? state.settings.retryPlanMs)],
  });
}

/**
 * Adds what DingTalk adds (callbacks.md §3). Without a given eventId the id is a hash of what was posted, so that
 * the same body is the same event; its EventTime is the time of the first post.
 */
export function completeEvent(state: State, posted: JsonObject, via: EventOptions['via']): JsonObject {
  const hash = createHash('sha256').update(JSON.stringify(posted)).digest('hex').slice(0, 32);
  const eventId = textIn(posted, 'eventId') ?? hash;
  const first = state.eventTimes.get(eventId) ?? state.clock.now();
  rememberKey(state.eventTimes, eventId, first, state.settings.mostKept);
  const { EventType, ...own } = posted;
  if (via === 'old') {
    const { eventId: _, ...fields } = own;
    return { EventType, TimeStamp: String(first), CorpId: state.tenant.corpId, ...fields };
  }
  const EventTime = numberIn(posted, 'EventTime') ?? first;
  return { EventType, EventTime, CorpId: state.tenant.corpId, BizId: `${first}00`, eventId, ...own };
}

/** The address that the console's subscription names. */
export function consoleDoor(state: State, base: string): EventDoor {
  const { callbackToken: token, callbackAesKey: aesKey } = state.tenant;
  return { url: `${base}/dingtalk/events`, token, aesKey };
}

/** Each attempt is encrypted and signed anew; both names of the signature are sent (callbacks.md §0, fact 3). */
function sealed(state: State, text: string, { receiver, tamper, door }: EventOptions): Outgoing {
  const timestamp = String(state.clock.wall());
  const nonce = state.chance.bytes(6).toString('base64url');
  const encrypt = encryptEvent(door.aesKey, receiver, text, state.chance.bytes(16));
  const signature = eventSignature(door.token, timestamp, nonce, tamper ? `${encrypt}x` : encrypt);
  const query = new URLSearchParams({ msg_signature: signature, signature, timestamp, nonce });
  return {
    url: `${door.url}${door.url.includes('?') ? '&' : '?'}${query}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ encrypt }),
  };
}

/** The answer must be the encrypted word success, signed, and for the same receiver (callbacks.md §2.4). */
function judgeAnswer(answer: string, { receiver, door }: EventOptions): Verdict {
  const body = parseObject(answer);
  if (!body) return { valid: false, reason: `not an encrypted success: ${answer.slice(0, 100)}`, answer };
  const signature = textIn(body, 'msg_signature');
  const timeStamp = textIn(body, 'timeStamp') ?? numberIn(body, 'timeStamp')?.toString();
  const nonce = textIn(body, 'nonce');
  const encrypt = textIn(body, 'encrypt');
  if (!signature || !timeStamp || !nonce || !encrypt) {
    const reason = 'not an encrypted success: msg_signature, timeStamp, nonce and encrypt are needed';
    return { valid: false, reason, answer };
  }
  if (signature !== eventSignature(door.token, timeStamp, nonce, encrypt))
    return { valid: false, reason: 'not an encrypted success: the signature is wrong' };
  const opened = decryptEvent(door.aesKey, encrypt);
  if (!opened) return { valid: false, reason: 'not an encrypted success: it does not decrypt' };
  if (opened.text !== 'success')
    return {
      valid: false,
      reason: `not an encrypted success: it says ${opened.text.slice(0, 100)}`,
      answer: opened.text,
    };
  if (opened.receiver !== receiver)
    return {
      valid: false,
      reason: `not an encrypted success: for ${opened.receiver} instead of ${receiver}`,
      answer: opened.text,
    };
  return { valid: true, answer: opened.text };
}
