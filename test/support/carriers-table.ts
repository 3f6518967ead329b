import { CONTENT_KINDS } from '../../contract/contents.ts';
import { CARRIERS } from '../../lib/messages/carriers.ts';
import { MAX_BYTES } from '../../lib/messages/render/plan.ts';

/** What each kind of destination carries, as a Markdown table. */
export function carriersTable(): string {
  const head = ['kind', ...CONTENT_KINDS.map((kind) => `\`${kind}\``), '@', 'bytes'];
  const rows = Object.entries(CARRIERS).map(([kind, { carries, mentions }]) => [
    `\`${kind}\``,
    ...CONTENT_KINDS.map((content) => (carries.includes(content) ? 'yes' : '')),
    mentions.length > 0 ? 'yes' : '',
    bytesOf(kind),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function bytesOf(kind: string): string {
  return String(Object.entries(MAX_BYTES).find(([name]) => name === kind)?.[1]);
}
