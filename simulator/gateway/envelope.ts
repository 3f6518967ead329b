import type { JsonObject } from '../json.ts';
import type { RefusalId } from '../world/refusals.ts';

/** What DingTalk answers; the gateway fills in the request's id: HTTP status, JSON body, and the code that the call record shows. */
export type Reply = {
  status: number;
  body: JsonObject;
  code: string;
  /** Sent instead of the body. */
  xml?: string;
  refusal?: RefusalId;
};

/** The three shapes of an error (messaging.md §8.1), told apart by the path. */
export type Dialect = 'new' | 'topapi' | 'old';

export function dialectOf(path: string): Dialect {
  if (/^\/v\d+\.\d+\//.test(path)) return 'new';
  return path.startsWith('/topapi/') ? 'topapi' : 'old';
}

/** A refusal of DingTalk: what it answers, and which of them it is. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly id: RefusalId;
  readonly reply: Reply;

  constructor(id: RefusalId, reply: Reply) {
    super(reply.code);
    this.id = id;
    this.reply = reply;
  }
}

/** A new-host success is the business fields alone (messaging.md §8.1). */
export function newOk(body: JsonObject): Reply {
  return { status: 200, body, code: 'ok' };
}

/** An old-host success; members without a value are left out (messaging.md §8.1). */
export function oldOk(body: JsonObject = {}): Reply {
  const filled = Object.entries(body).filter(([, value]) => value !== undefined && value !== '' && !isEmptyList(value));
  return {
    status: 200,
    body: { errcode: 0, errmsg: 'ok', ...Object.fromEntries(filled), request_id: '' },
    code: 'ok',
  };
}

/** The new host refuses with 4xx or 5xx and a text code (messaging.md §8.1). */
export function newRefusal(id: RefusalId, status: number, code: string, message: string): Refusal {
  return new Refusal(id, { status, body: { requestid: '', code, message }, code });
}

/** The old host refuses with HTTP 200 and the code in errcode (messaging.md §8.1, shape A). */
export function oldRefusal(id: RefusalId, errcode: number, errmsg: string): Refusal {
  return new Refusal(id, { status: 200, body: { errcode, errmsg }, code: String(errcode) });
}

/** /topapi wraps what its gateway refuses: token, throttle, permission (messaging.md §8.1, shape B). */
function topapiRefusal(id: RefusalId, subCode: number, subMessage: string): Refusal {
  const body = {
    errcode: 88,
    sub_code: String(subCode),
    sub_msg: subMessage,
    errmsg: `ding talk error[subcode=${subCode},submsg=${subMessage}]`,
    request_id: '',
  };
  return new Refusal(id, { status: 200, body, code: `88/${subCode}` });
}

/** A refusal by the old host's gateway, in the shape that the path uses. */
export function gatewayRefusal(id: RefusalId, dialect: Dialect, errcode: number, errmsg: string): Refusal {
  return dialect === 'topapi' ? topapiRefusal(id, errcode, errmsg) : oldRefusal(id, errcode, errmsg);
}

/** Trouble on DingTalk's side, and here a fault of the simulator (messaging.md §8.5). */
export function failure(dialect: Dialect): Reply {
  const body =
    dialect === 'new' ? { requestid: '', code: 'system.error', message: 'busy' } : { errcode: -1, errmsg: '系统繁忙' };
  return { status: dialect === 'new' ? 500 : 200, body, code: dialect === 'new' ? 'system.error' : '-1' };
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
