import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import { ServiceError } from '../../base/errors.ts';
import type { CallbackKey } from '../app.ts';

export type CallbackFault =
  | 'unknown_app'
  | 'missing_parameter'
  | 'bad_signature'
  | 'bad_cipher'
  | 'bad_padding'
  | 'bad_length'
  | 'wrong_receiver'
  | 'out_of_time'
  | 'broken_body';

/** The request is not proved to be from DingTalk. The code is for the log and is not told to the caller. */
export class CallbackRefusal extends ServiceError {
  override readonly name = 'CallbackRefusal';

  constructor(code: CallbackFault, cause?: unknown) {
    super('callback.verify', { code, retryable: false, cause });
  }
}

export type EncryptedReply = { msg_signature: string; timeStamp: string; nonce: string; encrypt: string };

const BLOCK_BYTES = 32; // not the 16 of the cipher: DingTalk pads to 32 (callbacks.md §2.3)
const CIPHER_BLOCK_BYTES = 16;
const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;
const NONCE_BYTES = 8;
/** DingTalk's have 8 to 16 characters. */
const LONGEST_NONCE = 64;
const VALID_MS = 3_600_000;

/**
 * Opens an event push (callbacks.md §2.1–2.3). The query names its signature `signature` or `msg_signature`, its time
 * `timestamp` or `timeStamp`. While keys change there are two, perhaps with one token: the one that opens it is
 * returned, and so is the receiver found.
 * @throws CallbackRefusal
 */
export function openEvent({
  keys,
  receiverIds,
  query,
  encrypt,
}: {
  keys: readonly CallbackKey[];
  receiverIds: readonly string[];
  query: Record<string, string | undefined>;
  encrypt: string;
}): { plaintext: string; receiverId: string; key: CallbackKey } {
  const signature = query.signature ?? query.msg_signature;
  const timestamp = query.timestamp ?? query.timeStamp;
  const { nonce } = query;
  if (!signature || !timestamp || !nonce || !encrypt) throw new CallbackRefusal('missing_parameter');
  // the parts are signed without signs between them: their shape keeps one from being read as another
  const isShaped = /^\d{1,15}$/.test(timestamp) && nonce.length <= LONGEST_NONCE;
  const signing = keys.filter(
    ({ token }) => isShaped && verifySignature({ token, timestamp, nonce, encrypt, signature }),
  );
  const refusals: CallbackRefusal[] = [];
  for (const key of signing) {
    const opened = openWith(key, encrypt, receiverIds);
    if (!(opened instanceof CallbackRefusal)) return { ...opened, key };
    refusals.push(opened);
  }
  // the most precise code: a key that finds a wrong receiver did decrypt the event
  const precise = refusals.find(({ code }) => code === 'wrong_receiver');
  throw precise ?? refusals.at(-1) ?? new CallbackRefusal('bad_signature');
}

function openWith({ aesKey }: CallbackKey, encrypt: string, receiverIds: readonly string[]) {
  try {
    const { plaintext, receiverId } = decryptMessage(aesKey, encrypt);
    return receiverIds.includes(receiverId) ? { plaintext, receiverId } : new CallbackRefusal('wrong_receiver');
  } catch (error) {
    if (error instanceof CallbackRefusal) return error;
    throw error;
  }
}

/** Encrypts the answer to a push for the receiver that the push named (callbacks.md §2.4). `now` in epoch ms. */
export function sealReply({
  key,
  receiverId,
  plaintext,
  now,
  random,
}: {
  key: CallbackKey;
  receiverId: string;
  plaintext: string;
  now: () => number;
  random: (bytes: number) => Uint8Array;
}): EncryptedReply {
  const timeStamp = String(now());
  const nonce = Buffer.from(random(NONCE_BYTES)).toString('hex');
  const encrypt = encryptMessage(key.aesKey, plaintext, receiverId, random(RANDOM_BYTES));
  return { msg_signature: sign([key.token, timeStamp, nonce, encrypt]), timeStamp, nonce, encrypt };
}

/** Whether the signature of an event push is right (callbacks.md §2.2). */
export function verifySignature(push: {
  token: string;
  timestamp: string;
  nonce: string;
  encrypt: string;
  signature: string;
}): boolean {
  return isEqual(push.signature, sign([push.token, push.timestamp, push.nonce, push.encrypt]));
}

/**
 * Proves a robot message by its headers, which are good for an hour (callbacks.md §5.2). The body is not covered.
 * `now` in epoch ms. @throws CallbackRefusal
 */
export function verifyRobotSignature(headers: {
  appSecret: string;
  timestamp: string | undefined;
  sign: string | undefined;
  now: number;
}): void {
  const { appSecret, timestamp, sign: given, now } = headers;
  if (!appSecret || !timestamp || !given) throw new CallbackRefusal('missing_parameter');
  const right = isEqual(given, hmac(appSecret, `${timestamp}\n${appSecret}`));
  if (!right) throw new CallbackRefusal('bad_signature');
  checkTime(timestamp, now);
}

/**
 * Proves a card click by its `x-ddpaas-signature*` headers (callbacks.md §7.3). The body is not signed, and DingTalk
 * sets no limit to the age; an hour is what others allow. `now` in epoch ms. @throws CallbackRefusal
 */
export function verifyCardSignature(headers: {
  secrets: readonly string[];
  timestamp: string | undefined;
  signature: string | undefined;
  now: number;
}): void {
  const { secrets, timestamp, signature, now } = headers;
  if (!timestamp || !signature) throw new CallbackRefusal('missing_parameter');
  const right = secrets.some((secret) => secret !== '' && isEqual(signature, hmac(secret, timestamp)));
  if (!right) throw new CallbackRefusal('bad_signature');
  checkTime(timestamp, now);
}

/** Random ‖ length ‖ message ‖ receiver id ‖ padding to 32, AES-256-CBC, base64 (callbacks.md §2.3). */
export function encryptMessage(aesKey: string, message: string, receiverId: string, random: Uint8Array): string {
  const body = Buffer.from(message, 'utf8');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(body.length);
  const clear = Buffer.concat([random, length, body, Buffer.from(receiverId, 'utf8')]);
  const pad = BLOCK_BYTES - (clear.length % BLOCK_BYTES);
  const { key, iv } = keyOf(aesKey);
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(clear), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString(
    'base64',
  );
}

/** @returns also the 16 random bytes it began with. @throws CallbackRefusal */
export function decryptMessage(
  aesKey: string,
  encrypt: string,
): { plaintext: string; receiverId: string; random: Buffer } {
  const { key, iv } = keyOf(aesKey);
  const sealed = Buffer.from(encrypt, 'base64');
  if (sealed.length < BLOCK_BYTES || sealed.length % CIPHER_BLOCK_BYTES !== 0) throw new CallbackRefusal('bad_cipher');
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  const clear = unpad(Buffer.concat([decipher.update(sealed), decipher.final()]));
  const start = RANDOM_BYTES + LENGTH_BYTES;
  if (clear.length < start) throw new CallbackRefusal('bad_length');
  const end = start + clear.readUInt32BE(RANDOM_BYTES); // bytes, not characters
  if (end > clear.length) throw new CallbackRefusal('bad_length');
  return {
    plaintext: clear.toString('utf8', start, end),
    receiverId: clear.toString('utf8', end),
    random: clear.subarray(0, RANDOM_BYTES),
  };
}

function unpad(clear: Buffer): Buffer {
  const pad = clear.at(-1) ?? 0;
  const fits = pad >= 1 && pad <= BLOCK_BYTES && pad <= clear.length;
  if (!fits || !clear.subarray(-pad).every((byte) => byte === pad)) throw new CallbackRefusal('bad_padding');
  return clear.subarray(0, -pad);
}

/**
 * Published keys set the unused bits of the 43rd character (callbacks.md §0, fact 7); Node's decoder ignores them. A
 * key object, because Node takes several times as long to check a key given in another form.
 */
function keyOf(aesKey: string): { key: KeyObject; iv: Buffer } {
  const bytes = Buffer.from(`${aesKey}=`, 'base64');
  if (bytes.length !== 32) throw new CallbackRefusal('bad_cipher');
  return { key: createSecretKey(bytes), iv: bytes.subarray(0, CIPHER_BLOCK_BYTES) };
}

/** Sorted by code unit, never by locale (callbacks.md §0, fact 4). */
function sign(parts: string[]): string {
  return createHash('sha1').update(parts.sort().join('')).digest('hex');
}

function hmac(secret: string, message: string): string {
  return createHmac('sha256', secret).update(message).digest('base64');
}

function isEqual(given: string, expected: string): boolean {
  const a = Buffer.from(given, 'utf8');
  const b = Buffer.from(expected, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}

function checkTime(timestamp: string, now: number): void {
  if (!/^\d{1,15}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > VALID_MS) {
    throw new CallbackRefusal('out_of_time');
  }
}
