import * as v from 'valibot';
import { MAX_LINK_DAYS } from '../../../contract/values.ts';
import { MEDIA_PREFIX } from '../../base/access.ts';
import { readPerson } from '../../base/people/person.ts';
import { baseName, cleanName } from '../../base/text/file-name.ts';
import type { Mention } from '../../messages/mention.ts';
import { shortened } from '../../messages/text/tokens.ts';
import type { LinkRules } from './share.ts';

/** What an upload asks for: destinations, the name to show, and what its metadata adds. */
export type Wish = {
  destinations: string[];
  fileName: string;
  caption?: string | undefined;
  mention?: Mention | undefined;
  link?: LinkRules | undefined;
};

/** What an object's key asks for. `upload` belongs to a POST /files, whose record holds the destinations. */
export type Route =
  | { to: 'destinations'; wish: Wish }
  | { to: 'upload'; id: string; fileName: string }
  | { to: 'nowhere'; code: string; reason: string }
  | { to: 'nobody'; code: string; reason: string }
  | { to: 'ignore' };

/** What is not for sharing: dingdock's own writes into the bucket, and media that messages name. */
const OWN_PREFIXES = ['inbox/', 'raw/', MEDIA_PREFIX];
export const UPLOAD_PREFIX = 'upload/';
/** One upload reaches at most this many destinations. */
const MAX_DESTINATIONS = 20;
const CAPTION_CHARS = 1000;

const Figure = v.pipe(v.string(), v.regex(/^\d{1,6}$/), v.transform(Number), v.minValue(1));

/**
 * Reads a (decoded) key and the object's metadata: `share/<destination>[,<destination>…]/<name…>`, or any key with
 * `destination` in its metadata. Neither is trusted.
 */
export function routeOf(key: string, metadata: Record<string, string | undefined> = {}): Route {
  if (OWN_PREFIXES.some((prefix) => key.startsWith(prefix))) return { to: 'ignore' };
  const segments = key.split('/');
  const fileName = cleanName(baseName(key));
  if (key.startsWith(UPLOAD_PREFIX) && segments.length === 3) return { to: 'upload', id: segments[1] ?? '', fileName };
  if (isLitter(segments)) {
    const reason = `"${key}" is a file that a system or a program makes for itself; POST /files shares it all the same`;
    return { to: 'nobody', code: 'system_file', reason };
  }
  const [share, inKey = '', ...rest] = segments;
  const read = (name: string) => decodeMetadata(metadata[name] ?? '');
  // the key goes first: a writer limited to one prefix must not reach other destinations through metadata
  const keyed = share === 'share' && rest.length > 0 ? namesIn(inKey) : [];
  const destinations = keyed.length > 0 ? keyed : namesIn(read('destination'));
  if (fileName === '') {
    return {
      to: 'nowhere',
      code: 'folder_not_file',
      reason: `"${key}" is a folder, or its name holds nothing to show`,
    };
  }
  if (destinations.length === 0) {
    const reason = `"${key}" does not say where to: upload to share/<destination>/<name>, or set the metadata "destination"`;
    return { to: 'nowhere', code: 'no_destination_in_key', reason };
  }
  if (destinations.length > MAX_DESTINATIONS) {
    const reason = `${destinations.length} destinations; one upload reaches at most ${MAX_DESTINATIONS}`;
    return { to: 'nowhere', code: 'too_many_destinations', reason };
  }
  const caption = shortened(read('caption'), CAPTION_CHARS) || undefined;
  const days = figureIn(read('link-days'));
  const link = { days: days && Math.min(days, MAX_LINK_DAYS), views: figureIn(read('link-views')) };
  return { to: 'destinations', wish: { destinations, fileName, caption, mention: mentionIn(read('mention')), link } };
}

/** S3 events carry keys as form data: `+` is a space, the rest is percent-encoded UTF-8. Other keys stay unchanged. */
export function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return encoded;
  }
}

/** What macOS, Windows, Office and browsers leave beside the files of people, and downloads that are not whole. */
const LITTER =
  /^(?:\.DS_Store|\.localized|\.directory|\._.*|Thumbs\.db|ehthumbs\.db|desktop\.ini|~\$.*|~.*\.tmp|\.~.*|\..*\.(?:sw[op]|tmp)|\.goutputstream-.*|\.nfs[\da-f]+|.*\.(?:part|partial|crdownload|download))$/i;
/** What systems and stores of files keep in folders of their own. */
const LITTER_FOLDERS =
  /^(?:__MACOSX|\.Trashes|\.Trash-\d+|\.fseventsd|\.Spotlight-V100|\.TemporaryItems|\$RECYCLE\.BIN|System Volume Information|@eaDir)$/i;

function isLitter(segments: string[]): boolean {
  return LITTER.test(segments.at(-1) ?? '') || segments.some((segment) => LITTER_FOLDERS.test(segment));
}

function namesIn(text: string): string[] {
  const names = text.split(',').map((name) => name.trim().normalize('NFC'));
  return [...new Set(names.filter((name) => name !== ''))];
}

/** `lisi,13800000001,all`: user ids, mobiles, or all. Kinds that cannot notify people show the names only. */
function mentionIn(text: string): Mention | undefined {
  const names = namesIn(text.replace(/[，、]/g, ',')).slice(0, 50);
  const people = names.flatMap((name) => readPerson(name) ?? []);
  if (people.length === 0) return undefined;
  const all = people.some(({ id }) => id === 'all');
  const of = (kind: 'mobile' | 'id') =>
    people.filter((one) => one.kind === kind && one.id !== 'all').map(({ id }) => id);
  return { users: of('id'), mobiles: of('mobile'), fallback: 'text', ...(all && { all }) };
}

function figureIn(text: string): number | undefined {
  const parsed = v.safeParse(Figure, text);
  return parsed.success ? parsed.output : undefined;
}

/** Metadata is ASCII: S3 hands out other text as RFC 2047 words; plain HTTP clients percent-encode it. */
function decodeMetadata(text: string): string {
  const words = text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, form: string, word: string) =>
      /b/i.test(form)
        ? Buffer.from(word, 'base64').toString('utf8')
        : decodeKey(word.replaceAll('_', ' ').replaceAll(/=([0-9A-F]{2})/gi, '%$1')),
    );
  if (words !== text || !/%[0-9A-F]{2}/i.test(text)) return words;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
