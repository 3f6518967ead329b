import type { Routes } from '../../contract/route.ts';
import { InvalidInput, NotAllowed } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';

/** What API Gateway found no route for: the address is none, or takes other methods. */
export function unknownRoute(routes: Routes, method: string, path: string): InvalidInput | NotAllowed {
  const known = Object.keys(routes).map((route) => route.split(' '));
  const methods = known.flatMap(([each = '', pattern = '']) => (fits(pattern, path) ? [each] : []));
  if (methods.length > 0) {
    const allow = [...new Set(methods)].sort().join(', ');
    const remedy = `This address takes ${allow}, not ${method}.`;
    return new NotAllowed('routes', { code: 'method_not_allowed', remedy, headers: { allow } });
  }
  const paths = [...new Set(known.map(([, pattern = '']) => pattern))];
  const near = path.length > LONGEST_HINTED ? undefined : nearest(path, paths);
  const hint = near === undefined ? 'GET /openapi.json lists all addresses' : `did you mean ${near}?`;
  return new InvalidInput('routes', 'no_such_route', [
    { path: '', code: 'no_such_route', message: `there is no such address; ${hint}` },
  ]);
}

/** Longer than any of ours. */
const LONGEST_HINTED = 100;

function fits(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith('{') || part === given[at]);
}
