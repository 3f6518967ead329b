import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { isObject } from '../json.ts';
import { callAtWork } from '../world/delivery.ts';
import { isOff, type RefusalId, refusals } from '../world/refusals.ts';
import { nextId, type State } from '../world/state.ts';
import { checkApp } from './app-access.ts';
import { authenticate } from './authenticate.ts';
import { recordCall } from './calls.ts';
import { dialectOf, failure, newOk, oldOk, Refusal, type Reply } from './envelope.ts';
import { answerInstead, banned, type RawReply } from './fault-answer.ts';
import { takeFault } from './faults.ts';
import { countAddress, countApiCall } from './limits.ts';
import { decodeBody, forRecord } from './request-body.ts';
import type { Call, HttpContext, Route } from './route.ts';

/** The steps of every call: read, fault, token, limits, body, the route itself, record. */
export async function receive(state: State, route: Route, c: HttpContext): Promise<Response> {
  const started = performance.now();
  const at = new Date(state.clock.now()).toISOString();
  const call = await readCall(c);
  const trouble = takeFault(state, call.path, call.query);
  const made = { id: nextId(state, 'call-'), messages: [] };
  const record = ({ status, code, refusal, answer }: Outcome) =>
    recordCall(state, {
      id: made.id,
      at,
      method: call.method,
      path: call.path,
      query: Object.fromEntries(call.query),
      headers: telling(call),
      status,
      code,
      ms: Math.round((performance.now() - started) * 10) / 10,
      body: forRecord(call),
      ...(answer === undefined ? {} : { answer: shortened(answer) }),
      ...(made.messages.length > 0 ? { messages: made.messages } : {}),
      ...(trouble ? { fault: trouble.kind } : {}),
      ...(refusal ? { refusal, source: refusals[refusal] } : {}),
    });
  const answer = (reply: RawReply) => {
    const requestId = state.chance.bytes(8).toString('hex');
    const sent = { ...reply, body: stamped(reply.body, requestId) };
    record({ ...sent, answer: sent.xml ?? sent.body });
    return toResponse(call, sent, requestId);
  };

  if (!countAddress(state, call.address) && !isOff(state, 'limit.address'))
    return answer({ ...banned, refusal: 'limit.address' });
  if (trouble?.kind === 'hang') {
    record({ status: 0, code: 'hang' });
    await gone(state, c);
    return RESPONSE_ALREADY_SENT;
  }
  const instead = trouble && (await answerInstead(state, trouble, call));
  if (instead) return answer(instead);
  const reply = await callAtWork.run(made, () => work(state, route, call));
  if (trouble?.kind === 'drop-after-accept') {
    record({ ...reply, status: 0 });
    c.env.incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  return answer(reply);
}

type Outcome = { status: number; code: string; refusal?: RefusalId; answer?: unknown };

async function work(state: State, route: Route, call: Call): Promise<Reply> {
  const dialect = dialectOf(call.path);
  try {
    if (route.auth === 'open') {
      call.body = decodeBody(call, route.body);
      return await route.handle(call);
    }
    const app = authenticate(state, call, dialect);
    // counted first: of refused calls only throttled ones are free of charge (interactive.md §10)
    countApiCall(state, app, `${route.method} ${route.path}`, dialect);
    checkApp(app, call, dialect);
    call.body = decodeBody(call, route.body);
    return await route.handle(call, app);
  } catch (error) {
    if (error instanceof Refusal) {
      if (isOff(state, error.id)) return dialect === 'new' ? newOk({}) : oldOk();
      return { ...error.reply, refusal: error.id };
    }
    console.error('simulator: a route failed', call.method, call.path, error);
    return failure(dialect);
  }
}

async function readCall(c: HttpContext): Promise<Call> {
  const url = new URL(c.req.url);
  return {
    method: c.req.method,
    path: c.req.path,
    params: c.req.param(),
    query: url.searchParams,
    header: (name) => c.req.header(name),
    address: (c.env.incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    raw: Buffer.from(await c.req.arrayBuffer()),
    body: {},
  };
}

/** Headers needed to repeat the call by hand. */
export function telling(call: Pick<Call, 'header'>): Record<string, string> {
  const names = ['content-type', 'x-acs-dingtalk-access-token', 'x-oss-date'];
  return Object.fromEntries(names.flatMap((name) => (call.header(name) ? [[name, call.header(name) ?? '']] : [])));
}

function toResponse(call: Call, reply: RawReply, requestId: string): Response {
  const text = typeof reply.body === 'string';
  const html = reply.html || (text && reply.body !== '');
  const headers = new Headers({ 'content-type': html ? 'text/html;charset=utf-8' : 'application/json;charset=utf-8' });
  if (dialectOf(call.path) === 'new') headers.set('x-acs-request-id', requestId);
  if (reply.xml !== undefined) {
    headers.set('content-type', 'text/xml;charset=utf-8');
    return new Response(reply.xml, { status: reply.status, headers });
  }
  const empty = reply.status === 204 || reply.status === 304;
  const body = text ? String(reply.body) : JSON.stringify(reply.body);
  return new Response(empty ? null : body, { status: reply.status, headers });
}

/** An answer as the record keeps it. */
function shortened(answer: unknown): unknown {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  return text.length <= MOST_KEPT ? answer : { truncated: true, start: text.slice(0, MOST_KEPT) };
}

/** The old host's id is `request_id`, the new one's `requestid` (messaging.md §8.1). */
function stamped(body: unknown, id: string): unknown {
  if (!isObject(body)) return body;
  const own = (name: string, value: string) => (body[name] === '' ? { [name]: value } : {});
  return { ...body, ...own('request_id', id), ...own('requestid', id.toUpperCase()) };
}

/** Settles when the caller hangs up or the simulator closes. */
export function gone(state: State, c: HttpContext): Promise<void> {
  return new Promise((resolve) => {
    c.env.incoming.socket.once('close', () => resolve());
    state.closing.signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const MOST_KEPT = 16_384;
