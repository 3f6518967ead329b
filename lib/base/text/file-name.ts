import { beginningOf } from './characters.ts';

/** The longest ending of a name that is kept when the name is cut, its dot included. */
const EXTENSION_CHARS = 16;

const MAX_NAME_BYTES = 255;
// Control characters, bidi marks and what breaks a multipart header, a path or the drive (files.md §1.2, §5.2).
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}"\\/*<>|\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;
/** What people see of it. */
const SIGN = /["\\/*<>|:?]/;

/** The name at the end of a path, of Windows too. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** A name that DingTalk, its drive and its clients can take, with its extension kept. */
export function cleanName(name: string): string {
  return cleanFileName(name, UNSAFE, (clean) => Buffer.byteLength(clean) <= MAX_NAME_BYTES);
}

/** A file name with `_` for unsafe signs and without other `unsafe` characters, cut where it does not fit; its extension stays. */
export function cleanFileName(name: string, unsafe: RegExp, fits: (name: string) => boolean): string {
  const clean = name
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(unsafe, (found) => (SIGN.test(found) ? '_' : ''))
    .trim()
    .replace(/\.+$/, '');
  if (fits(clean)) return clean;
  const dot = clean.lastIndexOf('.');
  const extension = dot > 0 && clean.length - dot <= EXTENSION_CHARS ? clean.slice(dot) : '';
  const stem = clean.slice(0, clean.length - extension.length);
  return beginningOf(stem, (part) => fits(part + extension)) + extension;
}
