import { CONTENT_KINDS } from '../../contract/contents.ts';
import { KINDS } from '../../lib/messages/kinds/kinds.ts';

/** What each kind of destination carries, as a Markdown table. */
export function carriersTable(): string {
  const head = ['kind', ...CONTENT_KINDS.map((kind) => `\`${kind}\``), '@', 'bytes'];
  const rows = Object.entries(KINDS).map(([kind, { carries, mentions, maxBytes }]) => [
    `\`${kind}\``,
    ...CONTENT_KINDS.map((content) => (carries.includes(content) ? 'yes' : '')),
    mentions.length > 0 ? 'yes' : '',
    String(maxBytes),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
