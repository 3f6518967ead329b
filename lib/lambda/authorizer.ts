import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import type { Access } from '../base/access.ts';

type Identity = Access & { retryAfterS?: number };

/** An HTTP API Lambda authoriser with simple responses; `identify` answers who calls, or undefined for nobody. */
export function authorizerHandler(identify: (authorization: string) => Promise<Identity | undefined>) {
  return async (event: APIGatewayRequestAuthorizerEventV2) => {
    const found = await identify(event.identitySource?.[0] ?? event.headers?.authorization ?? '');
    if (!found) return { isAuthorized: false };
    const { caller, scopes, destinations, retryAfterS } = found;
    const context = { caller, scopes: scopes.join(' '), destinations: destinations.join(' ') };
    return { isAuthorized: true, context: { ...context, ...(retryAfterS !== undefined && { retryAfterS }) } };
  };
}
