import { createHmac, timingSafeEqual } from 'node:crypto';
import { ServiceError } from '../base/errors.ts';
import type { Source } from './source.ts';

/** A request of a sender. Header names are lower case. */
export type Delivery = {
  headers: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  bytes: Buffer;
  /** The body as text. */
  body: string;
  /** By the function's own subscription to a topic: AWS has proved the account, and the topic is one of the source. */
  byTopic?: boolean;
};

export type SenderAnswer = { status: number; body?: unknown; headers?: Record<string, string> };

/** What is not taken: a code for counts and the log, what is told, and the status for senders that read it. */
export class SourceRefusal extends ServiceError {
  override readonly name = 'SourceRefusal';
  readonly status: number;
  /** The number that DingTalk has for it (messaging.md §2.4), for senders that speak to a robot. */
  readonly errcode: number;

  constructor(code: string, { remedy, status, errcode }: { remedy: string; status: number; errcode: number }) {
    super('source.receive', { code, retryable: false, remedy });
    this.status = status;
    this.errcode = errcode;
  }
}

/** What a kind needs of the world at the door. */
export type DoorDeps = {
  now: () => number;
  /** The certificate that signs a topic's messages, in PEM. */
  certificate(url: string): Promise<string>;
  /** Confirms a subscription that was asked for. */
  confirm(topicArn: string, token: string): Promise<void>;
};

/** What came of the proof: what tells a repeat from news, if the sender says it, and whether there is anything to send. */
export type Admitted = { identity?: string | undefined; keep: boolean };

/** How a kind of sender is met: its proof beside the key, and the answers that it reads. */
export type Door = {
  /** @throws SourceRefusal */
  admit(deps: DoorDeps, source: Source, delivery: Delivery): Promise<Admitted>;
  kept(id: string): SenderAnswer;
  refused(refusal: SourceRefusal): SenderAnswer;
  /** When nothing was kept: the sender is to try again. */
  failed: SenderAnswer;
};

/** Seconds by which the clock of a sender may be off, or its request be late. */
const FRESH_S = 300;

type Signing = { secret: string; header?: string | undefined; timestampHeader?: string | undefined };

/**
 * Holds the signature of a body against the secret: HMAC-SHA256 of the raw bytes in hex, where a time is signed too of
 * `<seconds>:<body>`.
 * @throws SourceRefusal
 */
export function requireSignature(
  { secret, header = 'x-signature', timestampHeader }: Signing,
  { headers, bytes }: Delivery,
  now: number,
): void {
  const given = (headers[header.toLowerCase()] ?? '').replace(/^sha256=/i, '');
  const seconds = timestampHeader === undefined ? undefined : (headers[timestampHeader.toLowerCase()] ?? '');
  if (seconds !== undefined && !(/^\d{1,12}$/.test(seconds) && Math.abs(now / 1000 - Number(seconds)) <= FRESH_S)) {
    throw badSignature(`The header ${timestampHeader} is not the time of now in seconds.`);
  }
  const mac = createHmac('sha256', secret);
  if (seconds !== undefined) mac.update(`${seconds}:`);
  const right = mac.update(bytes).digest();
  const signed = /^[0-9a-f]{64}$/i.test(given) ? Buffer.from(given, 'hex') : Buffer.alloc(0);
  if (signed.length !== right.length || !timingSafeEqual(signed, right)) {
    throw badSignature(`The header ${header} is not the HMAC-SHA256 of the body by the secret of this source.`);
  }
}

export function badSignature(remedy: string): SourceRefusal {
  return new SourceRefusal('bad_signature', { remedy, status: 403, errcode: 310000 });
}

export function brokenBody(remedy: string): SourceRefusal {
  return new SourceRefusal('broken_body', { remedy, status: 400, errcode: 40035 });
}

/** The answers of a sender that reads the status. */
export const BY_STATUS: Pick<Door, 'kept' | 'refused' | 'failed'> = {
  kept: (id) => ({ status: 202, body: { id } }),
  refused: ({ code, status, remedy }) => ({
    status,
    headers: {
      'content-type': 'application/problem+json',
      // SNS sends the name and the password of an address only when it is asked for them
      ...(status === 401 && { 'www-authenticate': 'Basic realm="dingdock", charset="UTF-8"' }),
    },
    body: { type: `/problems/${code}`, title: 'The delivery was not taken', status, code, remedy },
  }),
  failed: {
    status: 503,
    headers: { 'content-type': 'application/problem+json', 'retry-after': '5' },
    body: {
      type: '/problems/not_kept',
      title: 'Nothing was kept',
      status: 503,
      code: 'not_kept',
      remedy: 'Send it again.',
    },
  },
};
