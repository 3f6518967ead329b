import type { Content } from '../content.ts';
import type { Destination } from '../destination.ts';
import type { Rendered } from '../kinds/kind.ts';
import { kindOf } from '../kinds/kinds.ts';
import { type Mention, withVisibleMentions } from '../mention.ts';

/** Renders a content for its destination; `carries` of its kind says which contents it takes. */
export function renderFor(destination: Destination, content: Content, mention?: Mention): Rendered {
  const visible = isWritten(destination, content, mention) ? withVisibleMentions(content, mention) : content;
  return kindOf(destination).render(visible, mention);
}

/**
 * Whether the mentioned people are written into the text: for robots that notify them, unless the client does it for
 * `text` by itself (`mentionInText: false`); elsewhere as far as the request wants their names.
 */
function isWritten(destination: Destination, content: Content, mention: Mention | undefined): boolean {
  if (kindOf(destination).mentions.length === 0) return mention?.fallback !== 'none';
  return content.kind !== 'text' || !('mentionInText' in destination) || destination.mentionInText !== false;
}
