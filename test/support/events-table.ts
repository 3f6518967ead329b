import { SAMPLES } from '../lib/events/samples.ts';

/** What the bus says of each event that DingTalk pushes, with an example of its data, as a Markdown table. */
export function eventsTable(): string {
  const rows = SAMPLES.map(({ type, own, data = own }) => {
    const example = JSON.stringify(data).replaceAll('|', '\\|').replaceAll('`', "'");
    return `| \`${type}\` | \`${example}\` |`;
  });
  return ['| type | `data`, such as |', '|---|---|', ...rows].join('\n');
}

/** The examples of our own types in the document, by type. */
export function ownEvents(text: string): Record<string, Record<string, unknown>> {
  const section = /<!-- own -->\n([\s\S]*?)<!-- \/own -->/.exec(text)?.[1] ?? '';
  const rows = [...section.matchAll(/^\| (.+?) \| `(\{.*\})` \|$/gm)];
  return Object.fromEntries(
    rows.flatMap(([, types = '', data = '{}']) =>
      [...types.matchAll(/`([\w.]+)`/g)].map(([, type]) => [type, JSON.parse(data)]),
    ),
  );
}
