import type { Token } from '../world/records.ts';
import type { State } from '../world/state.ts';
import type { App } from '../world/tenant.ts';
import { type Dialect, gatewayRefusal, newRefusal, oldRefusal } from './envelope.ts';
import type { Call } from './route.ts';

/** The app whose live token the call carries, by the rules of its host (messaging.md §1.7, §1.8). */
export function authenticate(state: State, call: Call, dialect: Dialect): App {
  const header = call.header('x-acs-dingtalk-access-token');
  if (dialect === 'new') {
    if (!header)
      throw newRefusal(
        'token.missing',
        400,
        'AuthenticationFailed.MissingParameter',
        'the header x-acs-dingtalk-access-token is missing',
      );
    const app = liveApp(state, header, 'new');
    if (!app) throw newRefusal('token.invalid', 400, 'InvalidAuthentication', '不合法的access_token');
    return app;
  }
  const inQuery = call.query.get('access_token');
  if (!inQuery) {
    if (dialect === 'topapi') throw gatewayRefusal('token.missing-topapi', dialect, 40000, 'access_token is blank');
    throw oldRefusal('token.missing-old', 41001, '缺少access_token参数');
  }
  const app = liveApp(state, inQuery, 'old');
  if (!app) throw gatewayRefusal('token.invalid-old', dialect, 40014, '不合法的access_token');
  return app;
}

/** Ends the life of the token that the call carries, as an administrator's reset of the secret would. */
export function revoke(state: State, call: Call): void {
  const carried = call.header('x-acs-dingtalk-access-token') ?? call.query.get('access_token');
  state.tokens = state.tokens.filter((token) => token.value !== carried);
}

/** New tokens serve both hosts; old ones on the new host are unproven (messaging.md §1.6). */
function liveApp(state: State, value: string, host: Token['generation']): App | undefined {
  const token = state.tokens.find((candidate) => candidate.value === value);
  if (!token || token.expiresAt <= state.clock.now()) return undefined;
  if (host === 'new' && token.generation === 'old' && !state.settings.oldTokenOnNewHost) return undefined;
  return state.tenant.apps.find((app) => app.appKey === token.appKey);
}
