import { timingSafeEqual } from 'node:crypto';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { recordCall } from '../../gateway/calls.ts';
import { answerInstead } from '../../gateway/fault-answer.ts';
import { takeFault } from '../../gateway/faults.ts';
import { gone, telling } from '../../gateway/gateway.ts';
import type { Call, HttpContext } from '../../gateway/route.ts';
import type { Grant, StoredObject } from '../../world/drive.ts';
import { isOff, type RefusalId } from '../../world/refusals.ts';
import type { State } from '../../world/state.ts';
import { keepObject, ossSign, readObject } from './object-store.ts';

/** The object store behind the drive, on the simulator's own host: PUT and GET of a signed address (files.md §5.4). */
export async function serveObjectStore(state: State, c: HttpContext): Promise<Response> {
  const started = performance.now();
  const at = new Date(state.clock.now()).toISOString();
  const { incoming } = c.env;
  const { method, path } = c.req;
  const call: Call = {
    method,
    path,
    params: {},
    query: new URLSearchParams(),
    header: (name) => c.req.header(name),
    address: '',
    raw: Buffer.alloc(0),
    body: {},
  };
  const trouble = takeFault(state, path);
  let received: unknown;
  const record = (status: number, code: string) =>
    recordCall(state, {
      at,
      method,
      path,
      query: {},
      headers: telling(call),
      status,
      code,
      ms: Math.round((performance.now() - started) * 10) / 10,
      body: received,
      ...(trouble ? { fault: trouble.kind } : {}),
    });

  if (trouble?.kind === 'hang') {
    record(0, 'hang');
    await gone(state, c);
    return RESPONSE_ALREADY_SENT;
  }
  const instead = trouble && (await answerInstead(state, trouble, call));
  const refused = instead
    ? new Response(typeof instead.body === 'string' ? instead.body : JSON.stringify(instead.body), instead)
    : refusal(state, call);
  const grant = state.drive.grants.get(keyOf(path));
  if (refused || !grant) {
    // the rest of a refused body is read, so that the caller can read the answer
    incoming.resume();
    // without a grant and with its refusal switched off there is nothing to read or write
    const answer = refused ?? new Response(null);
    record(answer.status, answer.headers.get('x-oss-error') ?? `http ${answer.status}`);
    return answer;
  }
  if (method === 'GET') {
    const answer = download(state, grant, call);
    record(answer.status, answer.ok ? 'ok' : `http ${answer.status}`);
    return answer;
  }
  try {
    const object = await keepObject(state, incoming);
    received = { bytes: object.size, sha256: object.sha256 };
    grant.stored(object);
  } catch {
    record(0, 'the body broke off');
    return RESPONSE_ALREADY_SENT;
  }
  if (trouble?.kind === 'drop-after-accept') {
    record(0, 'ok');
    incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  record(200, 'ok');
  return new Response(null, { status: 200 });
}

/** What the object store checks before it looks at the body (files.md §5.4). */
function refusal(state: State, call: Call): Response | undefined {
  const off = (id: RefusalId) => isOff(state, id);
  const key = keyOf(call.path);
  const grant = state.drive.grants.get(key);
  if (!grant || grant.method !== call.method) return off('oss.no-grant') ? undefined : fault(403, 'AccessDenied');
  const date = call.header('x-oss-date') ?? '';
  const signed = `OSS simulated:${ossSign(call.method, call.header('content-type') ?? '', date, key)}`;
  const rightly = date === grant.date && same(call.header('authorization') ?? '', signed);
  if (!rightly && !off('oss.signature')) return fault(403, 'SignatureDoesNotMatch');
  if (grant.expiresAt <= state.clock.now() && !off('oss.expired')) return fault(403, 'RequestTimeTooSkewed');
  const measured = call.header('content-length') ?? call.header('transfer-encoding');
  if (call.method === 'PUT' && measured === undefined && !off('oss.length')) return fault(411, 'MissingContentLength');
  return undefined;
}

/** One range; out of range is the whole object with 200 unless the standard is asked for (files.md §5.5). */
function download(state: State, { object }: Grant, call: Call): Response {
  if (!object) return fault(404, 'NoSuchKey');
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(call.header('range') ?? '') ?? [];
  if (from === undefined) return whole(object);
  const [start, end] = [Number(from), Math.min(to ? Number(to) : object.size - 1, object.size - 1)];
  if (start > end)
    return call.header('x-oss-range-behavior') === 'standard' && !isOff(state, 'oss.range')
      ? fault(416, 'InvalidRange')
      : whole(object);
  return new Response(readObject(object, start, end), {
    status: 206,
    headers: {
      'content-length': String(end - start + 1),
      'content-range': `bytes ${start}-${end}/${object.size}`,
      'content-type': 'application/octet-stream',
    },
  });
}

function whole(object: StoredObject): Response {
  const headers = { 'content-length': String(object.size), 'content-type': 'application/octet-stream' };
  return new Response(readObject(object), { headers });
}

function fault(status: number, code: string): Response {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`;
  return new Response(text, { status, headers: { 'content-type': 'application/xml', 'x-oss-error': code } });
}

function keyOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
