/**
 * The last line of defence before anything is written out: takes out of a text whatever looks like a secret, and whatever
 * is known to be one. What is logged is chosen field by field (lib/base/log.ts); this is for the day when that went wrong.
 */
export function redact(text: string): string {
  let clean = text;
  for (const value of known) clean = clean.replaceAll(value, GONE);
  clean = clean.replace(ADDRESS, (_, address: string, rest?: string) => address + (rest ? `?${GONE}` : ''));
  for (const [pattern, by] of PATTERNS) clean = clean.replace(pattern, by);
  return clean;
}

/** Values that must never be written out, whatever they look like. Short ones would take the sense out of any text. */
export function neverShow(values: readonly (string | undefined)[]): void {
  for (const value of values) if (value !== undefined && value.length >= SHORTEST) known.add(value);
}

/** A field whose value is secret by its name. */
export function isSecretName(name: string): boolean {
  return new RegExp(`^(?:${NAMES})$`, 'i').test(name);
}

const GONE = '…';
const SHORTEST = 8;
const known = new Set<string>();

const NAMES = [
  '(?:x-acs-dingtalk-)?access[_-]?token',
  '(?:app|corp|client|suite|api|card)[_-]?secrets?',
  'sealing[_-]?key',
  'aes[_-]?key',
  'api[_-]?key',
  'secret',
  'token',
  'sign(?:ature)?',
  'msg_signature',
  'authorization',
  'session(?:_?webhook)?',
  'download_?code',
  'password',
].join('|');

/**
 * An address is told without its query: signatures of S3, of robots, tokens of the old host, session webhooks. The query may be
 * missing, so that no part of a text is looked at from several beginnings.
 */
const ADDRESS = /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s?#"'<>\\)\]}]*)([?#][^\s"'<>\\)\]}]*)?/gi;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer\s+)[^\s"',;]+/gi, `$1${GONE}`],
  [new RegExp(`\\b(${NAMES})(\\\\?["']?\\s*[=:]\\s*\\\\?["']?)(?!${GONE})[^\\s&"',;\\\\\\])}]+`, 'gi'), `$1$2${GONE}`],
  // a robot's secret
  [/\bSEC[0-9A-Za-z]{8,}/g, GONE],
  // our own keys: the id may be shown
  [/\bdd_([0-9a-f]{8})_[0-9a-f]+/g, `dd_$1_${GONE}`],
  // tokens of apps and robots; ids of ours have a letter and an underscore before them
  [/(?<![\w-])[0-9a-f]{32,}(?![\w-])/gi, GONE],
];
