import { randomBytes } from 'node:crypto';
import { parseObject } from '../../lib/base/json.ts';
import type { CallbackKey } from '../../lib/dingtalk/app.ts';
import { CallbackRefusal, decryptMessage, sealReply, verifySignature } from '../../lib/dingtalk/doors/callback.ts';

/** What was tried and what came of it; a failure says what to do. */
export type Check = { ok: boolean; text: string };
/** The same of one receiver's handshake. `refused`: the endpoint said 401 or 403. */
export type Handshake = Check & { receiverId: string; problem?: 'unreachable' | 'refused' | 'wrong_answer' };

export type VerifyOptions = {
  url: string;
  key: CallbackKey;
  /** Whom DingTalk may seal for: the app key (console) and the corp id (old API) (callbacks.md §0, fact 2). */
  receiverIds: readonly string[];
  now: () => number;
};

/** DingTalk's own patience, and what the strictest of its ways allows (callbacks.md §2.5). */
const PATIENCE_MS = 2_500;
const STRICTEST_MS = 1_200;
const TIMED_PUSHES = 5;

type Answer = { status: number; text: string; location: string | null; ms: number };

/** DingTalk's test of an address, once a receiver; nothing is stored or published for it. */
export async function shakeHands({ url, key, receiverIds, now }: VerifyOptions): Promise<Handshake[]> {
  const shaken: Handshake[] = [];
  for (const receiverId of receiverIds) {
    const plaintext = JSON.stringify({ EventType: 'check_url' });
    const answer = await post(url, sealReply({ key, receiverId, plaintext, now, random: randomBytes }));
    if (typeof answer === 'string') return [...shaken, { receiverId, ok: false, text: answer, problem: 'unreachable' }];
    const fault = faultOf(answer, key, receiverId);
    const refused = answer.status === 401 || answer.status === 403;
    shaken.push({
      receiverId,
      ok: fault === undefined,
      text: fault ?? `check_url for ${receiverId}: encrypted success in ${answer.ms} ms`,
      ...(fault !== undefined && { problem: refused ? 'refused' : 'wrong_answer' }),
    });
    if (fault !== undefined && !refused) return shaken;
  }
  return shaken;
}

/**
 * Plays DingTalk against an address: its test of the address for each receiver, an event, their timing, and forgeries,
 * which have to be refused. Stops at the first thing that makes the rest pointless.
 */
export async function verifyCallback(options: VerifyOptions): Promise<Check[]> {
  const { url, key, now } = options;
  const seal = (fields: object, receiverId: string, by = key) =>
    sealReply({ key: by, receiverId, plaintext: JSON.stringify(fields), now, random: randomBytes });
  const push = (sealed: ReturnType<typeof seal>) => post(url, sealed);

  const shaken = await shakeHands(options);
  const checks: Check[] = shaken.map(({ ok, text }) => ({ ok, text }));
  const pointless = shaken.some(({ problem }) => problem !== undefined && problem !== 'refused');
  const receiver = shaken.find(({ ok }) => ok)?.receiverId;
  if (pointless || receiver === undefined) return checks;

  const times: number[] = [];
  for (let count = 0; count < TIMED_PUSHES; count++) {
    const event = { EventType: 'dingdock_verify', EventTime: now(), eventId: randomBytes(8).toString('hex') };
    const answer = await push(seal(event, receiver));
    const fault = typeof answer === 'string' ? answer : faultOf(answer, key, receiver);
    if (typeof answer === 'string' || fault !== undefined) {
      const kept = 'an event, other than check_url, has to be stored first: is the queue behind the address up?';
      return [...checks, { ok: false, text: `${fault}; ${kept}` }];
    }
    times.push(answer.ms);
  }
  const slowest = Math.max(...times);
  checks.push({
    ok: slowest <= STRICTEST_MS,
    text: `${TIMED_PUSHES} events: the slowest answer took ${slowest} ms${slowest <= STRICTEST_MS ? '' : late()}`,
  });

  const good = seal({ EventType: 'dingdock_verify' }, receiver);
  const forgeries: [string, ReturnType<typeof seal>][] = [
    ['a wrong signature', { ...good, msg_signature: '0'.repeat(40) }],
    ['a signature by another token', seal({ EventType: 'forged' }, receiver, { ...key, token: `${key.token}x` })],
    ['another receiver', seal({ EventType: 'forged' }, `${receiver}-of-somebody-else`)],
  ];
  for (const [name, forged] of forgeries) {
    const answer = await push(forged);
    const refused = typeof answer !== 'string' && answer.status >= 400 && answer.status < 500;
    const got = typeof answer === 'string' ? answer : `status ${answer.status}`;
    checks.push({
      ok: refused,
      text: refused ? `${name}: refused` : `${name} must be refused with 401 or 403: ${got}`,
    });
  }
  return checks;
}

/** An answer, or in words why there was none. */
async function post(url: string, sealed: { msg_signature: string; timeStamp: string; nonce: string; encrypt: string }) {
  const { msg_signature, timeStamp, nonce, encrypt } = sealed;
  const address = new URL(url);
  const query = { msg_signature, signature: msg_signature, timestamp: timeStamp, nonce };
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const started = performance.now();
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ encrypt }),
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    const ms = Math.round(performance.now() - started);
    return { status: response.status, text, location: response.headers.get('location'), ms };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError')
      return `slow: no answer in ${PATIENCE_MS} ms${late()}`;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return `not reachable: ${cause}; DingTalk says 71012 or "timedout"`;
  }
}

function late(): string {
  return `; DingTalk waits ${STRICTEST_MS} to ${PATIENCE_MS} ms: store first and work later, and look at the cold start`;
}

/** What DingTalk would have against this answer (callbacks.md §1.5, §2.4); undefined when it is right. */
function faultOf({ status, text, location }: Answer, key: CallbackKey, receiverId: string): string | undefined {
  if (status >= 300 && status < 400) {
    return `redirect (${status}) to ${location ?? 'somewhere'}: DingTalk follows none; register the address it leads to`;
  }
  if (status === 401 || status === 403) {
    return (
      `refused (${status}) for ${receiverId}: token, AES key or receiver id are not the same on both sides. dingdock's log ` +
      'says which in callback-refused: bad_signature = token, bad_cipher/bad_padding/bad_length = AES key, ' +
      'wrong_receiver = the app key or corp id'
    );
  }
  if (status !== 200) return `status ${status} instead of 200`;
  const body = jsonOf(text);
  const { msg_signature: signature, timeStamp: timestamp, nonce, encrypt } = body;
  if (!signature || !timestamp || !nonce || !encrypt) {
    return 'not an encrypted success: the answer must be JSON with msg_signature, timeStamp, nonce and encrypt';
  }
  const signed = verifySignature({ token: key.token, timestamp, nonce, encrypt, signature });
  if (!signed) return 'wrong token: the answer is signed with another one';
  try {
    const opened = decryptMessage(key.aesKey, encrypt);
    if (opened.plaintext !== 'success')
      return `the answer says "${opened.plaintext.slice(0, 40)}" instead of "success"`;
    return opened.receiverId === receiverId
      ? undefined
      : `wrong receiver: sealed for ${opened.receiverId}, not ${receiverId}`;
  } catch (error) {
    if (!(error instanceof CallbackRefusal)) throw error;
    return 'wrong AES key: the answer is encrypted with another one';
  }
}

function jsonOf(text: string): Record<string, string> {
  const entries = Object.entries(parseObject(text) ?? {});
  return Object.fromEntries(entries.map(([name, each]) => [name, String(each ?? '')]));
}
