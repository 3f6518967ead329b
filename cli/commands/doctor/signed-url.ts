import { signWebhook } from '../../../lib/dingtalk/webhook.ts';
import { bad, type Finding, good } from './causes.ts';

const HOUR_MS = 3_600_000;
const CHECK = 'signed address';

/**
 * Why DingTalk calls the signature of a robot's address wrong, told apart from the address itself: its one answer
 * "sign not match" stands for a signature encoded twice, a clock that is wrong, and a wrong mode or secret
 * (messaging.md §2.1, §2.4). Nothing is sent.
 */
export function examineSignedUrl(address: string, secret: string | undefined, now: number): Finding[] {
  const query = queryOf(address);
  const [timestamp, sign] = [query.get('timestamp'), query.get('sign')];
  if (!query.get('access_token')) return [bad(CHECK, 'robot-gone', 'the address has no access_token')];
  if (timestamp === undefined && sign === undefined) {
    if (secret === undefined)
      return [good(CHECK, 'the address is not signed; that is right for a robot without "sign"')];
    return [bad(CHECK, 'sign-mode', 'a secret was given, and the address is not signed')];
  }
  if (timestamp === undefined || sign === undefined) {
    const missing = timestamp === undefined ? 'timestamp' : 'sign';
    return [bad(CHECK, 'sign-mode', `the address lacks ${missing}: both have to stand in it`)];
  }
  return [examineCoding(sign) ?? examineTime(timestamp, now) ?? examineSecret(timestamp, decoded(sign), secret)];
}

/** By hand: a parser would decode, and what is looked for is how it was encoded. */
function queryOf(address: string): Map<string, string> {
  const pairs = (address.split('?')[1] ?? '').split('#')[0]?.split('&') ?? [];
  const whole = pairs.filter((pair) => pair.indexOf('=') > 0);
  return new Map(whole.map((pair) => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)]));
}

function examineCoding(sign: string): Finding | undefined {
  const once = decoded(sign);
  if (isBase64(decoded(once)) && !isBase64(once))
    return bad(CHECK, 'sign-encoded-twice', 'the signature is percent-encoded twice (%25 stands in it)');
  if (!/[+ ]/.test(sign) || !isBase64(once.replaceAll(' ', '+'))) return undefined;
  const more = 'A plain "+" in an address is a space to the receiver.';
  return bad(CHECK, 'sign-encoded-twice', 'the signature is not percent-encoded at all', more);
}

function examineTime(timestamp: string, now: number): Finding | undefined {
  const at = Number(timestamp);
  if (/^\d{10}$/.test(timestamp))
    return bad(CHECK, 'sign-clock', 'the timestamp counts seconds; DingTalk takes milliseconds');
  if (!/^\d{13}$/.test(timestamp)) return bad(CHECK, 'sign-clock', 'the timestamp is no count of milliseconds');
  const offMs = at - now;
  if (Math.abs(offMs) <= HOUR_MS) return undefined;
  const words = `the timestamp is ${Math.round(Math.abs(offMs) / 60_000)} minutes ${offMs < 0 ? 'old' : 'ahead'}; DingTalk takes 60`;
  return bad(CHECK, 'sign-clock', words, offMs < 0 ? 'Was the address signed once and stored?' : undefined);
}

function examineSecret(timestamp: string, sign: string, secret: string | undefined): Finding {
  if (secret === undefined) {
    return good(
      CHECK,
      'timestamp and encoding are right; set DINGTALK_ROBOT_SECRET to have the signature itself compared',
    );
  }
  const is = (candidate: string) => signWebhook(candidate, Number(timestamp)) === sign;
  if (is(secret))
    return good(
      CHECK,
      'timestamp, encoding and signature are right: the robot signs with another secret if it still refuses',
    );
  const tried = [secret.trim(), secret.replace(/^SEC/, ''), `SEC${secret}`].find(is);
  if (tried !== undefined)
    return bad(CHECK, 'sign-secret', 'the secret was not used whole: SEC belongs to it, white space does not');
  return bad(CHECK, 'sign-secret', 'the signature was not made with this secret over "<timestamp>\\n<secret>"');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** 32 bytes of HMAC-SHA256 in base64. */
function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text);
}
