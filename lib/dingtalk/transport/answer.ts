import type { DingTalkRefusal } from '../../base/dingtalk-errors.ts';
import { isObject, parseObject } from '../../base/json.ts';
import { ipBan, type RefusedAnswer, refusalOf, unreadableAnswer } from './errors.ts';
import type { HttpAnswer } from './http.ts';

/** The old host says `errcode` in every answer; the new one in none that is good (messaging.md §8.1). */
export type Host = 'api' | 'oapi';

export type Reading =
  | { good: true; value: Record<string, unknown> }
  | { good: false; refusal: DingTalkRefusal; fault?: RefusedAnswer };

/** Reads an answer in either dialect. `secrets` never appear in the refusal. */
export function readAnswer(operation: string, host: Host, answer: HttpAnswer, secrets: readonly string[]): Reading {
  const { status, text } = answer;
  if (/^\s*</.test(text)) {
    const gateway = status >= 500 && !/punish|x5sec/i.test(text);
    return gateway ? bare(operation, status) : { good: false, refusal: ipBan(operation, status) };
  }
  const value = parseObject(text);
  if (value === undefined) {
    return isGood(status) ? { good: false, refusal: unreadableAnswer(operation, status) } : bare(operation, status);
  }
  const fault = faultIn(value, answer);
  if (fault) return { good: false, refusal: refusalOf(operation, fault, secrets), fault };
  if ('punish' in value || value.status === 1111) return { good: false, refusal: ipBan(operation, status) };
  if (!isGood(status)) return bare(operation, status);
  if (host === 'oapi' && !('errcode' in value)) return { good: false, refusal: unreadableAnswer(operation, status) };
  return { good: true, value };
}

function faultIn(value: Record<string, unknown>, { status, headers }: HttpAnswer): RefusedAnswer | undefined {
  const requestId = string(value.request_id) ?? string(value.requestid) ?? headers['x-acs-request-id'];
  const errcode = scalar(value.errcode);
  if (errcode !== undefined && Number(errcode) !== 0) return { ...oldFault(value, errcode), status, requestId };
  const code = scalar(value.code) ?? scalar(value.Code);
  if (isGood(status) || !code) return undefined;
  return { code, ...newFault(value), status, requestId: string(value.RequestId) ?? requestId };
}

function oldFault(value: Record<string, unknown>, errcode: string) {
  const errmsg = string(value.errmsg) ?? '';
  const sub = errcode === '88' ? (scalar(value.sub_code) ?? scalar(value.subCode) ?? subcodeIn(errmsg)) : undefined;
  const text = string(value.sub_msg) ?? string(value.subMsg) ?? errmsg;
  return { code: sub ?? errcode, text, scopes: scopesIn(text) };
}

function newFault(value: Record<string, unknown>) {
  const text = string(value.message) ?? string(value.Message) ?? string(value.description) ?? '';
  const detail = value.accessdenieddetail ?? value.AccessDeniedDetail;
  const named = isObject(detail) && Array.isArray(detail.requiredScopes) ? detail.requiredScopes : undefined;
  const scopes = named?.filter((scope): scope is string => typeof scope === 'string') ?? scopesIn(text);
  return { text, scopes };
}

/** An error without a readable body: only the status is known. */
function bare(operation: string, status: number): Reading {
  return { good: false, refusal: refusalOf(operation, { code: `http_${status}`, status, text: `HTTP ${status}` }) };
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Codes come as numbers and as texts, `"0"` included. */
function scalar(value: unknown): string | undefined {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? String(value) : undefined;
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Some answers name the code under 88 only in `ding talk error[subcode=…,submsg=…]`. */
function subcodeIn(text: string): string | undefined {
  return /subcode=([\w.-]+)/i.exec(text)?.[1];
}

function scopesIn(text: string): string[] {
  const list = /requiredScopes=\[([^\]]*)\]/i.exec(text)?.[1];
  return list ? list.split(',').map((scope) => scope.trim()) : [];
}
