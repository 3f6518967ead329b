import { isObject, type JsonObject } from '../json.ts';
import { type Fault, plainKinds, type Trouble } from '../world/fault.ts';
import { nextId, type State, tell } from '../world/state.ts';

export const faultHelp =
  'expected {"path": "/robot/send", "/robot/send?access_token=…" or "/v1.0/*", "times": 1, "fault": one of ' +
  `${plainKinds.map((kind) => `"${kind}"`).join(', ')}, {"latencyMs": 500}, {"status": 503, "body": "…"}, ` +
  '{"errcode": -1, "errmsg": "…"} or {"code": "system.error", "message": "…", "status": 500}}';

/** Reads a control request; undefined when it is not understood. */
export function addFault(state: State, body: JsonObject): Fault | undefined {
  const { path, times = 1, fault } = body;
  if (typeof path !== 'string' || !(path.startsWith('/') || path === '*')) return undefined;
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1) return undefined;
  const trouble = troubleOf(fault, body);
  if (!trouble) return undefined;
  const added = { id: nextId(state, 'fault-'), path, trouble, times, left: times };
  state.faults.push(added);
  tellFaults(state);
  return added;
}

/** The first fault for this call; its count goes down by one. */
export function takeFault(state: State, path: string, query = new URLSearchParams()): Trouble | undefined {
  const fault = state.faults.find((candidate) => candidate.left > 0 && faultMatches(candidate.path, path, query));
  if (!fault) return undefined;
  fault.left -= 1;
  tellFaults(state);
  return fault.trouble;
}

export function tellFaults(state: State): void {
  tell(state, 'faults', state.faults);
}

/** A pattern may name members of the query behind the path: the call of one robot among many. */
function faultMatches(pattern: string, path: string, query: URLSearchParams): boolean {
  const [wanted = '', members = ''] = pattern.split('?');
  return (
    pathMatches(wanted, path) && [...new URLSearchParams(members)].every(([name, value]) => query.get(name) === value)
  );
}

/** Exact, or by its beginning when the pattern ends in a star. */
export function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

/** A fault is a name or an object; the figures of a named one may stand beside it in the request. */
function troubleOf(fault: unknown, request: JsonObject): Trouble | undefined {
  const details: JsonObject = isObject(fault) ? fault : request;
  const name = typeof fault === 'string' ? fault : details.kind;
  const plain = plainKinds.find((kind) => kind === name);
  if (plain) return { kind: plain };
  const { latencyMs, status, errcode, code } = details;
  if (typeof latencyMs === 'number' && latencyMs >= 0) return { kind: 'latency', ms: latencyMs };
  if (typeof errcode === 'number' || typeof errcode === 'string') return { kind: 'errcode', body: oldBody(details) };
  const httpStatus = typeof status === 'number' && status >= 200 && status <= 599 ? status : undefined;
  if (typeof code === 'string')
    return { kind: 'code', status: httpStatus ?? 400, body: { code, message: details.message ?? 'simulated' } };
  return httpStatus === undefined ? undefined : { kind: 'status', status: httpStatus, body: details.body ?? '' };
}

/** The old host's answer: sub code and sub message stand together. */
function oldBody({ errcode, errmsg = 'simulated', sub_code, sub_msg }: JsonObject): JsonObject {
  const sub = sub_code === undefined ? {} : { sub_code: String(sub_code), sub_msg: sub_msg ?? errmsg };
  return { errcode, ...sub, errmsg };
}
