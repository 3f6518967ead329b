import { setTimeout as delay } from 'node:timers/promises';
import type { Trouble } from '../world/fault.ts';
import type { RefusalId } from '../world/refusals.ts';
import type { State } from '../world/state.ts';
import { revoke } from './authenticate.ts';
import { dialectOf } from './envelope.ts';
import { robotThrottled, throttled } from './limits.ts';
import type { Call } from './route.ts';

/** An answer that need not be JSON. */
export type RawReply = {
  status: number;
  code: string;
  body: unknown;
  html?: boolean;
  xml?: string;
  refusal?: RefusalId;
};

/** The answer of a fault that replaces the call's work; undefined for the other faults. */
export async function answerInstead(state: State, trouble: Trouble, call: Call): Promise<RawReply | undefined> {
  const dialect = dialectOf(call.path);
  switch (trouble.kind) {
    case 'latency':
      await delay(trouble.ms, undefined, { signal: state.closing.signal }).catch(() => undefined);
      return undefined;
    case 'revoke-token':
      revoke(state, call);
      return undefined;
    case 'throttle':
      return (call.path === '/robot/send' ? robotThrottled(state) : throttled(dialect)).reply;
    case 'status':
      return { status: trouble.status, code: `http ${trouble.status}`, body: trouble.body };
    case 'errcode':
      return { status: 200, code: String(trouble.body.errcode), body: { ...trouble.body, request_id: '' } };
    case 'code':
      return {
        status: trouble.status,
        code: String(trouble.body.code),
        body: { requestid: '', ...trouble.body },
      };
    // messaging.md §8.2, per egress address: a page or this object, five minutes long
    case 'html-ban':
      return banned;
    case 'punish':
      return {
        status: 200,
        code: 'punish',
        body: { status: 1111, wait: 5, source: 'x5', punish: 'deny', uuid: state.chance.bytes(8).toString('hex') },
      };
    default:
      return undefined;
  }
}

/** The answer to an address that made too many calls. */
export const banned: RawReply = {
  status: 200,
  code: 'html-ban',
  html: true,
  body: '<!DOCTYPE html><html><head><title>访问被拒绝</title></head><body>亲,访问被拒绝了 (punish, 5 minutes)</body></html>',
};
