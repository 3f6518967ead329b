import { flagIn, type JsonObject, textsIn } from '../../json.ts';
import type { State } from '../../world/state.ts';
import { groupById } from '../../world/tenant.ts';

/** How many people the `at` object names (at most 50 a message, messaging.md §2.3). */
export function countAt(at: JsonObject | undefined): number {
  return (textsIn(at, 'atMobiles')?.length ?? 0) + (textsIn(at, 'atUserIds')?.length ?? 0);
}

/**
 * Who is notified: members whose `@<mobile>` or `@<userId>` stands literally in the text (messaging.md §2.3).
 * Whether isAtAll needs a token in the text differs by type and source (interactive.md §1); here it does not.
 */
export function notified(state: State, conversation: string, text: string, at: JsonObject | undefined): string[] {
  const members = groupById(state.tenant, conversation)?.members ?? [];
  if (flagIn(at, 'isAtAll')) return [...members];
  const mobiles = textsIn(at, 'atMobiles') ?? [];
  const userIds = textsIn(at, 'atUserIds') ?? [];
  return members.filter((member) => {
    const mobile = state.tenant.people.find((person) => person.userId === member)?.mobile;
    if (userIds.includes(member) && standsIn(text, member)) return true;
    return mobile !== undefined && mobiles.includes(mobile) && standsIn(text, mobile);
  });
}

/** `@lisi` does not stand in `@lisiping`. */
function standsIn(text: string, id: string): boolean {
  for (let at = text.indexOf(`@${id}`); at !== -1; at = text.indexOf(`@${id}`, at + 1)) {
    const next = text[at + id.length + 1];
    if (next === undefined || !/[0-9A-Za-z_-]/.test(next)) return true;
  }
  return false;
}
