import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text in hexadecimal, or the first so many of its 64 digits. */
export function sha256(text: string, digits = 64): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** How a page's content security policy names a style or a script that stands in the page. */
export function policyHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Whether two texts are the same, in a time that does not tell how far they are. */
export function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
