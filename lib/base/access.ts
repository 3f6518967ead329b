import { NotAllowed } from './errors.ts';

/** What an API key can be allowed to do. */
export const SCOPES = [
  'messages:send',
  'messages:read',
  'tasks:write',
  'tasks:read',
  'files:share',
  'files:read',
  'destinations:write',
  'destinations:read',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Who calls, and what its key allows. `*` stands for all, those of later releases included. */
export type Access = { caller: string; scopes: readonly string[]; destinations: readonly string[] };

/** By the first segment of a path: the scope that looking takes, and the one that doing takes. */
const AREAS: Record<string, { reads: Scope; writes: Scope }> = {
  messages: { reads: 'messages:read', writes: 'messages:send' },
  tasks: { reads: 'tasks:read', writes: 'tasks:write' },
  files: { reads: 'files:read', writes: 'files:share' },
  shares: { reads: 'files:read', writes: 'files:share' },
  destinations: { reads: 'destinations:read', writes: 'destinations:write' },
  conversations: { reads: 'destinations:read', writes: 'destinations:write' },
};
/** Trying a destination sends a message. */
const EXCEPTIONS: Record<string, Scope> = { 'POST /destinations/{name}/test': 'messages:send' };

/** What any key may read. */
const FREE = ['GET /openapi.json'];

/** The scope that a route (`POST /tasks`) takes; undefined for a route that no scope opens. */
export function scopeOf(routeKey: string): Scope | undefined {
  const [method = '', path = ''] = routeKey.split(' ');
  const area = AREAS[path.split('/')[1] ?? ''];
  return EXCEPTIONS[routeKey] ?? (method === 'GET' ? area?.reads : area?.writes);
}

/**
 * @throws NotAllowed when the key lacks the route's scope, or when a key for certain destinations asks for a list: a list
 * shows everybody's.
 */
export function requireRoute(access: Access, routeKey: string): void {
  if (FREE.includes(routeKey)) return;
  const scope = scopeOf(routeKey);
  if (scope === undefined || !holds(access.scopes, scope)) {
    const has = access.scopes.join(', ') || 'none';
    const needs = scope === undefined ? 'No key opens this route' : `This takes the scope ${scope}`;
    throw new NotAllowed(routeKey, {
      code: 'scope_missing',
      remedy: `${needs}; the key "${access.caller}" has ${has}. Make one that has it: dingdock keys create`,
    });
  }
  if (routeKey.startsWith('GET ') && !routeKey.includes('{') && !access.destinations.includes('*')) {
    throw new NotAllowed(routeKey, {
      code: 'list_not_allowed',
      remedy: `The key "${access.caller}" is for certain destinations, and a list shows all. Ask for single records by their id.`,
    });
  }
}

/** @throws NotAllowed that names every destination which the key may not use. */
export function requireDestinations(access: Access, names: readonly string[]): void {
  const refused = names.filter((name) => !holds(access.destinations, name));
  if (refused.length === 0) return;
  throw new NotAllowed('destinations', {
    code: 'destination_not_allowed',
    remedy: `The key "${access.caller}" is for ${access.destinations.join(', ') || 'no destination'}, not for ${[...new Set(refused)].join(', ')}.`,
  });
}

function holds(allowed: readonly string[], wanted: string): boolean {
  return allowed.includes('*') || allowed.includes(wanted);
}
