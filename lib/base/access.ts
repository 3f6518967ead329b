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

/**
 * @throws NotAllowed when the key lacks the route's scope, or when a key for certain destinations asks for a list: a list
 * shows everybody's.
 */
export function requireRoute(
  access: Access,
  { needs, reaches }: { needs: Scope | 'key' | 'none'; reaches: { all?: true } },
): void {
  if (needs !== 'key' && needs !== 'none' && !holds(access.scopes, needs)) {
    const has = access.scopes.join(', ') || 'none';
    throw new NotAllowed('scopes', {
      code: 'scope_missing',
      remedy: `This takes the scope ${needs}; the key "${access.caller}" has ${has}. Make one that has it: dingdock keys create`,
    });
  }
  if (reaches.all && !access.destinations.includes('*')) {
    throw new NotAllowed('lists', {
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
