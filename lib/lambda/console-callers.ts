import type { Scope } from '../base/access.ts';
import { CONSOLE_TOKEN, type Member } from '../base/visitor/session.ts';
import { type Callers, nobody } from './caller.ts';
import { keyGiven } from './key-callers.ts';

export type ConsoleDeps = {
  /** Whose token of the console it is; undefined for one that is over, and for any other text. */
  memberOf(token: string): Promise<Member | undefined>;
  /** People by their userId: who acts there, and who only looks. */
  operators: readonly string[];
  readers: readonly string[];
};

const LOOKS = ['messages:read', 'destinations:read', 'sources:read'] as const satisfies Scope[];
const ACTS = [...LOOKS, 'messages:send', 'destinations:write'] as const satisfies Scope[];
const ALL = { destinations: ['*'], people: ['*'], apps: ['*'] };

/** Callers who signed in at the console, whom the stage lists; whoever brings something else is `others`. */
export function consoleCallers({ memberOf, operators, readers }: ConsoleDeps, others: Callers): Callers {
  return async (proof) => {
    const token = keyGiven(proof.authorization);
    if (!token?.startsWith(CONSOLE_TOKEN)) return others(proof);
    const member = await memberOf(token);
    if (!member) throw nobody('key_expired', 'The session of the console is over. Sign in again at /console.');
    const { corpId, userId: caller } = member;
    const isOperator = operators.includes(caller);
    if (!isOperator && !readers.includes(caller)) {
      throw nobody('key_revoked', `The stage no longer lists ${caller} for the console. Ask whoever runs it.`);
    }
    return { caller, owner: `person:${corpId}:${caller}`, scopes: isOperator ? ACTS : LOOKS, ...ALL };
  };
}
