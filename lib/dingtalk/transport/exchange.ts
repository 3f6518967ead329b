import { DingTalkUnreachable } from '../../base/dingtalk-errors.ts';
import { type Host, type Reading, readAnswer } from './answer.ts';
import type { Http, HttpRequest } from './http.ts';

/**
 * A call that DingTalk counts: which quota of the month it is part of, and the operation. `answered` is false when it may
 * have arrived and no answer came.
 */
export type Billed = { app: string; kind: 'api' | 'webhook'; act: string; answered: boolean };

/** Is told of each call that DingTalk counts. */
export type CountCall = (call: Billed) => void;

export type ExchangeDeps = {
  http: Http;
  /** The app that calls; empty for a custom robot, which belongs to none. */
  app: string;
  count: CountCall;
};

type Asked = { operation: string; host: Host; request: HttpRequest; secrets: readonly string[] };

/** Custom robots, and the reply address of a robot message (messaging.md §2.5). */
const WEBHOOKS = ['/robot/send', '/robot/sendBySession'];
/**
 * Look-ups of people and who signs in (interactive.md §10, callbacks.md §10, identity.md §0, fact 14). Tokens of apps are
 * fetched by a call path of their own.
 */
const FREE = [
  '/topapi/v2/user/get',
  '/topapi/v2/user/getbymobile',
  '/topapi/v2/user/getuserinfo',
  '/topapi/user/getbyunionid',
  '/v1.0/oauth2/userAccessToken',
  '/v1.0/contact/users/me',
];

/** "token is not exist": no robot has this access_token (messaging.md §2.4). */
const NO_ROBOT = ['300005', '300001'];

/**
 * One request to DingTalk and its answer, read; the one place where calls are counted, as DingTalk bills them
 * (interactive.md §10): all but look-ups of people, what was throttled, what did not arrive, and what was refused because the
 * token or the robot is unknown: such a call is nobody's.
 * @throws what `http` throws
 */
export async function exchange({ http, app, count }: ExchangeDeps, { operation, host, request, secrets }: Asked) {
  const path = new URL(request.url).pathname;
  const counted = (answered: boolean) => {
    if (FREE.includes(path)) return;
    count({ app, kind: WEBHOOKS.includes(path) ? 'webhook' : 'api', act: operation, answered });
  };
  const answer = await http(request).catch((error: unknown) => {
    if (error instanceof DingTalkUnreachable && error.arrived !== 'no') counted(false);
    throw error;
  });
  const reading = readAnswer(operation, host, answer, secrets);
  if (isBilled(reading)) counted(isOwn(answer.status, reading));
  return { status: answer.status, reading };
}

/** Whether DingTalk said it: a 5xx without a code of its comes from a gateway between, and the call may have arrived. */
function isOwn(status: number, reading: Reading): boolean {
  return reading.good || reading.fault !== undefined || status < 500;
}

function isBilled(reading: Reading): boolean {
  if (reading.good) return true;
  const { class: errorClass, code } = reading.refusal;
  return errorClass !== 'rate' && errorClass !== 'token' && !NO_ROBOT.includes(code);
}
