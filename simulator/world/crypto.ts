import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

/** callbacks.md §2.2: SHA-1 of the four texts, sorted by character code. */
export function eventSignature(token: string, timestamp: string, nonce: string, encrypted: string): string {
  const sorted = [token, timestamp, nonce, encrypted].sort();
  return createHash('sha1').update(sorted.join(''), 'utf8').digest('hex');
}

/** callbacks.md §2.3: 16 random bytes, length, message, receiver, padding to a multiple of 32. */
export function encryptEvent(
  aesKey: string,
  receiver: string,
  text: string,
  random: Uint8Array = randomBytes(16),
): string {
  const message = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const clear = Buffer.concat([random, length, message, Buffer.from(receiver, 'utf8')]);
  const pad = BLOCK - (clear.length % BLOCK);
  const key = keyOf(aesKey);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(clear), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString(
    'base64',
  );
}

/** The message and its receiver id; undefined when it cannot be decrypted. */
export function decryptEvent(aesKey: string, encrypted: string): { text: string; receiver: string } | undefined {
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.length < 32 || bytes.length % 16 !== 0) return undefined;
  const key = keyOf(aesKey);
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const clear = Buffer.concat([decipher.update(bytes), decipher.final()]);
  const pad = clear.at(-1) ?? 0;
  if (pad < 1 || pad > BLOCK || !clear.subarray(-pad).every((byte) => byte === pad)) return undefined;
  const end = clear.length - pad;
  if (end < 20) return undefined;
  const length = clear.readUInt32BE(16);
  if (length > end - 20) return undefined;
  return {
    text: clear.subarray(20, 20 + length).toString('utf8'),
    receiver: clear.subarray(20 + length, end).toString('utf8'),
  };
}

/**
 * messaging.md §2.1 and callbacks.md §5.2: senders to custom robots and DingTalk's robot messages sign in the same way.
 */
export function robotSign(secret: string, timestamp: string): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${secret}`, 'utf8').digest('base64');
}

/** callbacks.md §7.3: the card door signs the timestamp only. */
export function cardSign(apiSecret: string, timestamp: string): string {
  return createHmac('sha256', apiSecret).update(timestamp, 'utf8').digest('base64');
}

/** The 43 characters may end in spare bits, so the decoder has to be lenient (callbacks.md §0, fact 7). */
function keyOf(aesKey: string): Buffer {
  return Buffer.from(`${aesKey}=`, 'base64');
}

/** Padding block; 32 instead of the 16 of AES (callbacks.md §0, fact 5). */
const BLOCK = 32;
