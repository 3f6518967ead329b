import { createHash } from 'node:crypto';
import type { SignInCode } from './records.ts';
import { rememberKey, type State } from './state.ts';
import type { App, Outsider, Person } from './tenant.ts';

/** Somebody who looks at a page: of the organisation, an external contact of it, or a stranger (identity.md §7). */
export type Visitor = { unionId: string; nick: string; mobile: string; person?: Person; outsider?: Outsider };

export function visitorByUnionId({ tenant }: State, unionId: string): Visitor | undefined {
  const person = tenant.people.find((candidate) => candidate.unionId === unionId);
  if (person) return { unionId, nick: person.nick ?? person.name, mobile: person.mobile, person };
  const outsider = tenant.outsiders.find((candidate) => candidate.unionId === unionId);
  return outsider && { unionId, nick: outsider.nick, mobile: outsider.mobile ?? '', outsider };
}

/** By userId, of the organisation or of its external contacts, or by unionId. */
export function visitorNamed(state: State, id: string): Visitor | undefined {
  const { people, outsiders } = state.tenant;
  const known = people.find(({ userId }) => userId === id) ?? outsiders.find(({ userId }) => userId === id);
  return visitorByUnionId(state, known?.unionId ?? id);
}

/** The organisations that somebody may choose from. */
export function corpsOf(state: State, { person, outsider }: Visitor): string[] {
  return person ? [state.tenant.corpId] : (outsider?.corps ?? []);
}

/** Per app, unlike the unionId (identity.md §7). */
export function openIdOf({ appKey }: App, unionId: string): string {
  return createHash('sha256').update(`${appKey} ${unionId}`).digest('base64url').slice(0, 24);
}

export function issueCode(state: State, code: Omit<SignInCode, 'expiresAt'>): string {
  const value = state.chance.bytes(16).toString('hex');
  const expiresAt = state.clock.now() + state.settings.signIn.codeMs;
  rememberKey(state.signInCodes, value, { ...code, expiresAt }, state.settings.mostKept);
  return value;
}

/** Takes the code: it is good once, for its app and its kind of call, for five minutes (identity.md §0, fact 3). */
export function takeCode(state: State, value: string, app: App, kind: SignInCode['kind']): SignInCode | undefined {
  const code = state.signInCodes.get(value);
  if (!code || code.kind !== kind || code.appKey !== app.appKey) return undefined;
  state.signInCodes.delete(value);
  return code.expiresAt > state.clock.now() ? code : undefined;
}
