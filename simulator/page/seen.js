import { language } from './words.js';
import { world } from './world.js';

/**
 * How a person sees a message in a client: what the looks need to know of the organisation.
 * @typedef {import('./world.js').Message} Message
 * @param {Message} message
 * @param {string} userId
 * @param {'desktop' | 'phone'} mode
 * @returns {import('./looks/looks.js').How}
 */
export function seenBy(message, userId, mode) {
  const { conversation, conversationTitle, mentions, sender } = message;
  const group = world.groups.some(({ openConversationId }) => openConversationId === conversation);
  const all = mentions.length > 0 && String(message.atRequest?.isAtAll) === 'true';
  const names = new Map(mentions.flatMap((id) => handles(id)));
  if (all) names.set(EVERYBODY, EVERYBODY);
  return {
    mode,
    language: language(),
    names,
    all,
    me: nameOf(userId),
    mentioned: mentions.includes(userId),
    media: (id) => `/_sim/files/${encodeURIComponent(id)}`,
    quoted: quotation,
    by: nameOf(sender),
    ...(group ? { group: conversationTitle } : {}),
  };
}

/** @param {string} id */
export function nameOf(id) {
  return world.people.get(id)?.name ?? id;
}

/** What may stand behind an @ for a person. @param {string} id @returns {[string, string][]} */
function handles(id) {
  const person = world.people.get(id);
  /** @type {[string, string]} */
  const own = [id, nameOf(id)];
  return person?.mobile ? [own, [person.mobile, person.name]] : [own];
}

function quotation(id) {
  for (const { messages } of world.talks.values()) {
    const found = messages.find((message) => message.id === id);
    if (found) return `${nameOf(found.sender)}: ${found.title ?? found.text}`.slice(0, 60);
  }
  return undefined;
}

const EVERYBODY = '所有人';
