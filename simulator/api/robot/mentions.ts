import { flagIn, type JsonObject, textsIn } from '../../json.ts';
import type { Said } from '../../world/message.ts';
import type { State } from '../../world/state.ts';
import { groupById, personById } from '../../world/tenant.ts';

/** How many people the `at` object names (at most 50 a message, messaging.md §2.3). */
export function countAt(at: JsonObject | undefined): number {
  return (textsIn(at, 'atMobiles')?.length ?? 0) + (textsIn(at, 'atUserIds')?.length ?? 0);
}

/** Who is notified, and what the client writes behind the text by itself. */
export type Notified = { mentions: string[]; appended?: string[] };

/**
 * Members named in `at` whose `@<mobile>` or `@<userId>` stands literally in the text, and everybody for isAtAll; what
 * has to stand in the text differs by type and by source (interactive.md §1), so it is a setting. link and feedCard
 * cannot mention (messaging.md §2.3).
 */
export function notified(state: State, conversation: string, said: Said, at: JsonObject | undefined): Notified {
  const { msgtype, text } = said;
  const { textNeedsToken, markdownAllNeedsToken } = state.settings.mentions;
  if (!at || msgtype === 'link' || msgtype === 'feedCard') return { mentions: [] };
  const members = groupById(state.tenant, conversation)?.members ?? [];
  const fromAtAlone = msgtype === 'text' && !textNeedsToken;
  const needsToken = msgtype === 'actionCard' || (msgtype === 'markdown' && markdownAllNeedsToken);
  if (flagIn(at, 'isAtAll') && (!needsToken || standsIn(text, ALL)))
    return { mentions: [...members], ...(fromAtAlone ? { appended: [`@${ALL}`] } : {}) };
  const named = (list: string) => (textsIn(at, list) ?? []).filter((id) => fromAtAlone || standsIn(text, id));
  const [mobiles, userIds] = [named('atMobiles'), named('atUserIds')];
  const people = members.map((userId) => ({ name: userId, mobile: '', ...personById(state.tenant, userId), userId }));
  const mentioned = people.filter(({ userId, mobile }) => userIds.includes(userId) || mobiles.includes(mobile));
  const mentions = mentioned.map(({ userId }) => userId);
  const appended = fromAtAlone ? mentioned.map(({ name }) => `@${name}`) : [];
  return { mentions, ...(appended.length > 0 ? { appended } : {}) };
}

/** `@lisi` does not stand in `@lisiping`. */
function standsIn(text: string, id: string): boolean {
  for (let at = text.indexOf(`@${id}`); at !== -1; at = text.indexOf(`@${id}`, at + 1)) {
    const next = text[at + id.length + 1];
    if (next === undefined || !/[0-9A-Za-z_-]/.test(next)) return true;
  }
  return false;
}

const ALL = '所有人';
