/** Where a key sends its object. */
export type Route =
  | { to: 'destination'; destination: string; fileName: string }
  | { to: 'nowhere'; code: string; reason: string }
  | { to: 'ignore' };

/** dingdock's own writes into the bucket. */
const OWN_PREFIXES = ['inbox/'];
const MAX_NAME_BYTES = 255;
// Control characters, bidi marks and what breaks a multipart header or a path (files.md §1.2).
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const UNSAFE = /[\u0000-\u001f\u007f"\\/\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Reads a (decoded) key: `share/<destination>/<name…>`. Keys come from strangers: nothing in them is trusted. */
export function routeOf(key: string): Route {
  if (OWN_PREFIXES.some((prefix) => key.startsWith(prefix))) return { to: 'ignore' };
  const [share, destination, ...rest] = key.split('/');
  const fileName = cleanName(rest.at(-1) ?? '');
  if (share !== 'share' || !destination || rest.length === 0) {
    const reason = `"${key}" does not say where to: upload to share/<destination>/<name>`;
    return { to: 'nowhere', code: 'no_destination_in_key', reason };
  }
  if (fileName === '') return { to: 'nowhere', code: 'folder_not_file', reason: `"${key}" is a folder, not a file` };
  return { to: 'destination', destination, fileName };
}

/** S3 events carry keys as form data: `+` is a space, the rest is percent-encoded UTF-8. */
export function decodeKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}

/** A name that DingTalk and its clients can take, with its extension kept. */
export function cleanName(name: string): string {
  const clean = name.replaceAll(UNSAFE, '').trim();
  if (Buffer.byteLength(clean) <= MAX_NAME_BYTES) return clean;
  const dot = clean.lastIndexOf('.');
  const extension = dot > 0 && clean.length - dot <= 16 ? clean.slice(dot) : '';
  let stem = '';
  for (const { segment } of new Intl.Segmenter().segment(clean.slice(0, clean.length - extension.length))) {
    if (Buffer.byteLength(stem + segment + extension) > MAX_NAME_BYTES) break;
    stem += segment;
  }
  return stem + extension;
}
