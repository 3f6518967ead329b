import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ServiceError } from './errors.ts';

/** Seals short texts at rest (AES-256-GCM). `context` binds a sealed text to its place: it opens nowhere else. */
export type Seal = {
  seal(text: string, context: string): string;
  open(sealed: string, context: string): string;
};

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param secret key material of any length; @param purpose separates keys made from the same secret. */
export function createSeal(secret: string, purpose: string, random: (bytes: number) => Buffer = randomBytes): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, 'dingdock', purpose, 32));
  return {
    seal(text, context) {
      const iv = random(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(context))
          .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
          'utf8',
        );
      } catch (cause) {
        throw new ServiceError('seal.open', { code: 'unsealing_failed', retryable: false, cause });
      }
    },
  };
}
