import { MAX_MENTIONS, type Mention } from '../../contract/values.ts';
import type { Content } from './content.ts';
import { closed } from './text/blocks.ts';

export { MAX_MENTIONS, type Mention };

/** Whether it mentions at least one person. */
export function hasMentions(mention: Mention | undefined): mention is Mention {
  return Boolean(mention && (mention.all || mention.users?.length || mention.mobiles?.length));
}

/**
 * Adds the visible `@…` to the text where it is missing: without it DingTalk notifies no one (messaging.md §2.3). Content
 * without a text stays unchanged.
 */
export function withVisibleMentions(content: Content, mention: Mention | undefined): Content {
  const speaks = content.kind === 'text' || content.kind === 'markdown' || content.kind === 'actionCard';
  if (!hasMentions(mention) || !speaks) return content;
  // `isAtAll` alone does nothing in an action card and perhaps in Markdown; `text` needs nothing written (interactive.md §1)
  const all = mention.all && content.kind !== 'text' ? [ALL] : [];
  const names = [...new Set([...(mention.users ?? []), ...(mention.mobiles ?? []), ...all])];
  const missing = names.filter((name) => !stands(content.text, name)).map((name) => `@${name}`);
  return missing.length === 0 ? content : { ...content, text: `${before(content)}${missing.join(' ')}` };
}

/** The `at` object of a custom robot's message (messaging.md §2.3). */
export function atList({ users, mobiles, all }: Mention) {
  return { atUserIds: users ?? [], atMobiles: mobiles ?? [], isAtAll: all ?? false };
}

const ALL = '所有人';

/** In a code fence that is left open nobody would be mentioned. */
function before({ kind, text }: Extract<Content, { text: string }>): string {
  return kind === 'text' ? `${text} ` : `${closed(text)}\n\n`;
}

/** `@lisi` stands in "@lisi, look" but not in "@lisi2". */
function stands(text: string, name: string): boolean {
  for (let from = text.indexOf(`@${name}`); from >= 0; from = text.indexOf(`@${name}`, from + 1)) {
    const next = text.charAt(from + name.length + 1);
    if (!/[\w.-]/.test(next)) return true;
  }
  return false;
}
