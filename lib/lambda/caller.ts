import type { Access } from '../base/access.ts';
import { NotAllowed } from '../base/errors.ts';

/** What API Gateway proved of the caller before it let the request through. */
export type Authorizer = {
  jwt?: { claims?: Record<string, unknown> };
  iam?: { userArn?: string };
};

/** Where a request says who calls: its `Authorization` header, and what API Gateway proved. */
export type Proof = { authorization: string | undefined; authorizer: Authorizer | undefined };

/** Who calls, and what its key allows. @throws NotAllowed with 401 for nobody, with 429 for who asks too often */
export type Callers = (proof: Proof) => Promise<Access>;

/** How a stage reads the tokens of its OpenID provider. */
export type TokenRules = {
  /** The claim with the scopes: `scope`, or `scp`. */
  scopeClaim: string;
  /** What stands before our scopes, such as a resource server's `https://dingdock/`; other scopes are somebody else's. */
  scopePrefix: string;
  /** Whether a token has to say for which destinations it is; else one that does not is for all. */
  destinationsRequired: boolean;
};

/**
 * Callers by the claims of a token that API Gateway has verified; without them nobody calls. A token speaks by `sub` (or
 * `client_id`), its scopes, and `dingdock_destinations`, `dingdock_people` and `dingdock_apps`.
 */
export function tokenCallers(rules: TokenRules): Callers {
  return async ({ authorizer }) => {
    const claims = authorizer?.jwt?.claims;
    const caller = claims && String(claims.sub ?? claims.client_id ?? '');
    if (!claims || !caller) throw nobody('key_missing', 'Send a token of the OpenID provider of this stage.');
    const given = claims.dingdock_destinations ?? (rules.destinationsRequired ? '' : '*');
    const destinations = words(given);
    const { scopePrefix: prefix } = rules;
    const scopes = words(claims[rules.scopeClaim]).filter((scope) => scope.startsWith(prefix));
    return {
      caller,
      owner: `jwt:${caller}`,
      scopes: scopes.map((scope) => scope.slice(prefix.length)),
      destinations,
      people: words(claims.dingdock_people ?? (destinations.includes('*') ? '*' : '')),
      apps: words(claims.dingdock_apps ?? '*'),
    };
  };
}

/** Callers whose signature API Gateway has verified: they may do what the policy of execute-api lets through. */
export const signedCallers: Callers = async ({ authorizer }) => {
  const caller = authorizer?.iam?.userArn;
  if (!caller) throw nobody('key_missing', 'Sign the request as AWS does (SigV4, service execute-api).');
  return { caller, owner: `iam:${caller}`, scopes: ['*'], destinations: ['*'], people: ['*'], apps: ['*'] };
};

/** Nobody that is known: told why, and how to say who calls. */
export function nobody(code: string, remedy: string): NotAllowed {
  const error = code === 'key_missing' ? '' : ', error="invalid_token"';
  const challenge = `Bearer realm="dingdock"${error}, Basic realm="dingdock", charset="UTF-8"`;
  return new NotAllowed('caller', { code, remedy, headers: { 'www-authenticate': challenge } });
}

/** Separated by spaces, as scopes are; API Gateway writes a list as `[a b]`. */
function words(text: unknown): string[] {
  return String(text ?? '')
    .split(/[\s,[\]]+/)
    .filter(Boolean);
}
