/** The secrets of the local stack and of the simulator, and those of destinations made to be found. */
export const CANARIES = [
  'dingsimsecret',
  'local-sealing-key',
  'local-link-key-of-the-stack',
  'simcallbacktoken',
  'simsimsimsimsimsimsimsimsimsimsimsimsimsim0',
  'simcardsecret',
  'SECsimopsrobot',
  'canary-token-of-a-robot',
  'SECcanaryOfARobot',
];
/** A key for the API, and the signature of an address that opens something. */
const SHAPES = [
  /dd_[0-9a-f]{8}_[0-9a-f]{48}/,
  /\bBearer [\w-]+/,
  /X-Amz-Signature=[0-9a-f]+/,
  /[?&]access_token=[\w%]+/,
];

/** The lines in which a secret stands, without the secret. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  return text.split('\n').flatMap((line) => {
    const found = [
      ...secrets.filter((secret) => line.includes(secret)),
      ...SHAPES.flatMap((shape) => shape.exec(line)?.[0] ?? []),
    ];
    return found.length === 0
      ? []
      : [found.reduce((shown, secret) => shown.replaceAll(secret, `‹${secret.slice(0, 4)}…›`), line)];
  });
}
