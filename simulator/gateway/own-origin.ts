import type { IncomingMessage, Server, ServerResponse } from 'node:http';

export type Guard = {
  /** Pages of these origins may call too, such as http://localhost:5173. */
  allowOrigins?: readonly string[];
  /** The name or address that the server was bound to, if it is not this machine alone. */
  host?: string;
  /** Names by which programs may ask, but no browser: such a name may have been made to lead here by others. */
  programNames?: readonly string[];
  /** Whether a path has a proof of its own: it is left alone, since tunnels bring it under other names. */
  proved?(path: string): boolean;
};

const OWN_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];
const ALL_ADDRESSES = ['0.0.0.0', '::'];

/**
 * Refuses what pages of other origins ask in the browser of whoever runs this, and names of other hosts that lead here: such a
 * page would drive the stack without anybody's knowledge. Programs send no Origin.
 */
export function refuseForeign(server: Pick<Server, 'emit'>, guard: Guard = {}): void {
  const emit = server.emit.bind(server);
  server.emit = (event: string, ...given: unknown[]) => {
    const [request, answer] = given;
    if (!isRequest(event, request)) return emit(event, ...given);
    const why = foreignIn(request, guard);
    if (why === undefined) return emit(event, ...given);
    refuse(answer, why);
    return true;
  };
}

/** Why a request is foreign; undefined when it is not. */
export function foreignIn(
  { method, url = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  { allowOrigins = [], host, programNames = [], proved }: Guard,
): string | undefined {
  if (proved?.(new URL(url, 'http://local').pathname)) return undefined;
  const { origin, host: named = '' } = headers;
  const browses = origin !== undefined || headers['sec-fetch-site'] !== undefined;
  if (programNames.includes(nameIn(named)) && !browses) return undefined;
  if (!isOwnHost(named, host)) return `the name ${named.slice(0, 100)} is not of this machine`;
  if (origin !== undefined && !isOwnOrigin(origin, named) && !allowOrigins.includes(origin))
    return `pages of ${origin}`;
  // a browser leaves the origin out of what a page only loads; it says where that page is all the same
  const loaded = headers['sec-fetch-site'] === 'cross-site' && origin === undefined;
  const opened = headers['sec-fetch-mode'] === 'navigate' && method === 'GET';
  return loaded && !opened && allowOrigins.length === 0 ? 'pages of other sites' : undefined;
}

function isOwnHost(named: string, bound: string | undefined): boolean {
  const name = nameIn(named);
  return OWN_HOSTS.includes(name) || (bound !== undefined && (ALL_ADDRESSES.includes(bound) || name === bound));
}

function nameIn(named: string): string {
  return named.replace(/:\d*$/, '').toLowerCase();
}

function isOwnOrigin(origin: string, named: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === named.toLowerCase();
}

function isRequest(event: string, request: unknown): request is IncomingMessage {
  const asks = event === 'request' || event === 'upgrade' || event === 'checkContinue';
  return asks && typeof request === 'object' && request !== null && 'headers' in request;
}

function refuse(answer: unknown, why: string): void {
  const text = `refused: ${why}; --allow-origin <origin> admits a page\n`;
  if (isAnswer(answer)) answer.writeHead(403, { 'content-type': 'text/plain', connection: 'close' }).end(text);
  else if (isSocket(answer)) answer.destroy();
}

function isAnswer(given: unknown): given is ServerResponse {
  return typeof given === 'object' && given !== null && 'writeHead' in given;
}

function isSocket(given: unknown): given is { destroy(): void } {
  return typeof given === 'object' && given !== null && 'destroy' in given;
}
