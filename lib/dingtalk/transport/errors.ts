import { DingTalkRefusal } from '../../base/dingtalk-errors.ts';
import { REMEDIES } from '../../base/words/en.ts';
import { IP_BAN_MS, rowFor } from './error-table.ts';

const DESCRIPTION_CHARS = 300;

/** The error of an answer, unchanged; `text` must not be logged. */
export type RefusedAnswer = {
  code: string;
  status: number;
  text: string;
  requestId?: string | undefined;
  /** Scopes the app lacks, where the answer names them. */
  scopes?: string[];
};

/** Turns a fault into a refusal by the error table. `secrets` never appear in it. */
export function refusalOf(operation: string, fault: RefusedAnswer, secrets: readonly string[] = []): DingTalkRefusal {
  const code = fault.code === '310000' ? robotSecurityCode(fault.text) : fault.code;
  const row = rowFor(code, fault.status);
  const scopes = fault.scopes ?? [];
  return new DingTalkRefusal(operation, {
    code,
    class: row.class,
    status: fault.status,
    description: clean(fault.text, secrets),
    ...(row.final && { retryable: false, usedUp: row.final }),
    remedy: row.class === 'permission' && scopes.length > 0 ? REMEDIES.scope(scopes.join(', ')) : row.remedy,
    requestId: fault.requestId,
    waitMs: row.waitMs,
    scopes,
  });
}

/** The same refusal with a fresh token: so the token is not the cause (messaging.md §1.8). */
export function refusedWithFreshToken(refusal: DingTalkRefusal): DingTalkRefusal {
  const row = rowFor(refusal.code, refusal.status);
  return new DingTalkRefusal(refusal.operation, { ...refusal, class: row.withFreshToken ?? 'token', cause: refusal });
}

/** A send that DingTalk broke off with a 5xx may have been carried out all the same (messaging.md §8.5). */
export function refusedSend(refusal: DingTalkRefusal): DingTalkRefusal {
  if (refusal.class !== 'transient' || refusal.status < 500) return refusal;
  return new DingTalkRefusal(refusal.operation, { ...refusal, class: 'unknown', cause: refusal });
}

/** The egress address is banned: an HTML page, or `punish` in a JSON body (messaging.md §8.2). */
export function ipBan(operation: string, status: number): DingTalkRefusal {
  return new DingTalkRefusal(operation, {
    code: 'ip_ban',
    class: 'rate',
    status,
    description: 'DingTalk answered with its ban page',
    remedy: REMEDIES.ban,
    waitMs: IP_BAN_MS,
  });
}

/** A 2xx with an unreadable body: the call may have been carried out. */
export function unreadableAnswer(operation: string, status: number, cause?: unknown): DingTalkRefusal {
  const description = 'the answer was not in the form that DingTalk documents';
  const why = { code: 'unreadable_answer', class: 'unknown', description, remedy: REMEDIES.unknownResult } as const;
  return new DingTalkRefusal(operation, { ...why, status, cause });
}

/**
 * 310000 is one code for four errors, told apart only by its text, in two languages and four wordings
 * (messaging.md §2.4). The advice after the error contains the words of the other errors, so it is cut off first.
 */
function robotSecurityCode(text: string): string {
  const fault = text.split(/;\s*(?:solution|解决方案)/i)[0] ?? text;
  if (/keyword|关键词/i.test(fault)) return '310000.keyword';
  if (/whitelist|白名单|\bip\b/i.test(fault)) return '310000.ip';
  if (/timestamp|时间戳|签名过期/i.test(fault)) return '310000.timestamp';
  if (/sign|签名/i.test(fault)) return '310000.sign';
  return '310000';
}

/** Takes URL queries, tokens and secrets out of DingTalk's words. */
function clean(text: string, secrets: readonly string[]): string {
  let words = text;
  for (const secret of secrets) if (secret) words = words.replaceAll(secret, '…');
  words = words
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s?#"'\])]*)[?#][^\s"'\])]*/gi, '$1')
    .replace(
      /\b(access_?token|app_?secret|corp_?secret|client_?secret|secret|sign|session)(["']?\s*[=:]\s*["']?)[^\s&"',;\])}]+/gi,
      '$1$2…',
    )
    .replace(/\bSEC[0-9a-z]{8,}/gi, '…')
    .replace(/\b[0-9a-f]{24,}\b/gi, '…');
  return [...words].slice(0, DESCRIPTION_CHARS).join('');
}
