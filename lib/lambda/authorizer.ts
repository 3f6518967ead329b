import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';

/** An HTTP API Lambda authoriser with simple responses; `identify` answers who calls, or undefined for nobody. */
export function authorizerHandler(identify: (authorization: string) => Promise<string | undefined>) {
  return async (event: APIGatewayRequestAuthorizerEventV2) => {
    const caller = await identify(event.identitySource?.[0] ?? event.headers?.authorization ?? '');
    return { isAuthorized: caller !== undefined, context: { caller: caller ?? '' } };
  };
}
