import type { Warning } from '../../contract/records/messages.ts';
import { ServiceError } from '../base/errors.ts';
import type { Mention } from './mention.ts';
import { type Contacts, type PeopleDeps, resolvePeople } from './people.ts';

export type UnknownDeps = PeopleDeps & {
  /** The app that looks people up who are mentioned. */
  contactsOf(): { app: string; contacts: Contacts };
};

/** An app that may not look people up is not asked again for this long. */
const CLOSED_MS = 3_600_000;

/**
 * The mentioned people whom DingTalk does not know, each with the place in the request. Empty when it cannot be found out:
 * a message does not wait for that.
 */
export async function unknownPeople(deps: UnknownDeps, mention: Mention | undefined): Promise<Warning[]> {
  const closed = `person#${deps.contactsOf().app}#closed`;
  try {
    if (!mention || (await deps.people.get(closed))) return [];
    const faults = await doubtfulPeople(deps, mention);
    if (faults.some(({ code }) => code === 'person_not_visible')) {
      await deps.people.put(closed, { unknown: true }, deps.now() + CLOSED_MS);
    }
    return faults.filter(({ code }) => code === 'unknown_person');
  } catch (error) {
    if (error instanceof ServiceError) return [];
    throw error;
  }
}

/** The mentioned people who are not known or could not be looked up. @throws when DingTalk does not answer */
export async function doubtfulPeople(deps: UnknownDeps, { users = [], mobiles = [] }: Mention): Promise<Warning[]> {
  const refs = [...users.map((userId) => ({ userId })), ...mobiles.map((mobile) => ({ mobile }))];
  if (refs.length === 0) return [];
  const { faults } = await resolvePeople(deps, deps.contactsOf(), 'mention', refs);
  return faults.map(({ person, code, message }) => {
    const at = users.indexOf(person);
    const path = at >= 0 ? `mention.users.${at}` : `mention.mobiles.${mobiles.indexOf(person)}`;
    return { path, code, message };
  });
}
