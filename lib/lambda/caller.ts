import type { Access } from '../base/access.ts';

/** What API Gateway says of the caller: our authoriser's words, a token's claims, or who signed the request. */
export type Authorizer = {
  lambda?: { caller?: string; scopes?: string; destinations?: string; retryAfterS?: number | string };
  jwt?: { claims?: Record<string, unknown> };
  iam?: { userArn?: string };
};

/**
 * Who calls, and what it may do. A token speaks by `sub` (or `client_id`), `scope`, and `dingdock_destinations`, without
 * which it is for all; who signs with IAM may do what the policy of execute-api lets through.
 */
export function accessOf({ lambda, jwt, iam }: Authorizer = {}): Access {
  if (lambda) {
    const { caller = '', scopes, destinations } = lambda;
    return { caller, scopes: words(scopes), destinations: words(destinations) };
  }
  if (jwt) {
    const { sub, client_id: client, scope, dingdock_destinations: destinations = '*' } = jwt.claims ?? {};
    return { caller: String(sub ?? client ?? ''), scopes: words(scope), destinations: words(destinations) };
  }
  return { caller: iam?.userArn ?? 'nobody', scopes: ['*'], destinations: ['*'] };
}

/** Separated by spaces, as scopes are; API Gateway writes a list as `[a b]`. */
function words(text: unknown): string[] {
  return String(text ?? '')
    .split(/[\s,[\]]+/)
    .filter(Boolean);
}
