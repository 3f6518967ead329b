import { type Callers, signedCallers, type TokenRules, tokenCallers } from './caller.ts';
import { type ConsoleDeps, consoleCallers } from './console-callers.ts';
import { type KeyDeps, keyCallers } from './key-callers.ts';

type By = { by: 'apiKey' | 'jwt' | 'iam'; console?: ConsoleDeps };

/**
 * Callers as the stage proves them: by API keys, by tokens of an OpenID provider, or by signatures of AWS. Beside keys people
 * who signed in, in functions that the console asks.
 */
export function callersBy({ by, console, ...ports }: By & KeyDeps & TokenRules): Callers {
  if (by === 'jwt') return tokenCallers(ports);
  if (by === 'iam') return signedCallers;
  return console ? consoleCallers(console, keyCallers(ports)) : keyCallers(ports);
}
