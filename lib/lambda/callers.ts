import { type Callers, signedCallers, type TokenRules, tokenCallers } from './caller.ts';
import { type KeyDeps, keyCallers } from './key-callers.ts';

/** Callers as the stage proves them: by API keys, by tokens of an OpenID provider, or by signatures of AWS. */
export function callersBy({ by, ...ports }: { by: 'apiKey' | 'jwt' | 'iam' } & KeyDeps & TokenRules): Callers {
  if (by === 'jwt') return tokenCallers(ports);
  return by === 'iam' ? signedCallers : keyCallers(ports);
}
