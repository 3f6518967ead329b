import { IN_ALL_LANGUAGES, LANGUAGES, tried } from './examples.ts';
import { INTRO } from './intro.ts';
import type { Described, Field, Reference, Schema } from './reference.ts';

/** docs/api.md. `npm run openapi` writes it. */
export function apiMarkdown({ groups, schemas }: Reference): string {
  const contents = [...groups.map(({ title }) => `- [${title}](#${title.toLowerCase()})`), '- [Schemas](#schemas)'];
  return `${[
    '# The API',
    '<!-- Made from the contract by `npm run openapi`. -->',
    'The same as a page: `GET /docs` of every stage. For programs: [openapi.json](../openapi.json), which every stage serves at `GET /openapi.json`.',
    contents.join('\n'),
    INTRO.map(([title, words]) => `- **${title}.** ${words}`).join('\n'),
    ...groups.flatMap(({ title, words, operations }) => [`## ${title}`, words, ...operations.flatMap(operation)]),
    '## Schemas',
    ...schemas.flatMap(schema),
  ].join('\n\n')}\n`;
}

function operation({ id, method, path, summary, words, scope, parameters, body, answers }: Described): string[] {
  const key = { none: 'No key is asked for.', any: 'Any key.' }[scope] ?? `Scope \`${scope}\`.`;
  return [
    `### ${method} ${path}`,
    [`${summary}.`, words, key].filter(Boolean).join(' '),
    ...(parameters.length > 0 ? [table(parameters)] : []),
    ...(body ? [`Body: ${linked(body.schema)}.`, ...examples({ id, method, path }, body.examples)] : []),
    answers
      .map(({ status, words: of, schema: as = '' }) => `- **${status}** ${of}${as === '' ? '' : `: ${linked(as)}`}`)
      .join('\n'),
  ];
}

type Of = Pick<Described, 'id' | 'method' | 'path'>;

function examples({ id, method, path }: Of, all: NonNullable<Described['body']>['examples']): string[] {
  const languages = id === IN_ALL_LANGUAGES ? LANGUAGES : LANGUAGES.slice(0, 1);
  return all.flatMap(({ name, value }) => [
    `Example \`${name}\`:`,
    ...languages.flatMap(({ title, code, write }, index) => {
      const fence = `\`\`\`${code}\n${write({ method, path: tried(path), body: value })}\n\`\`\``;
      return index === 0 ? [fence] : [`<details><summary>${title}</summary>`, fence, '</details>'];
    }),
  ]);
}

function schema({ name, words, forms, fields }: Schema): string[] {
  const oneOf = forms.length > 0 ? ` One of: ${forms.map(linked).join(', ')}.` : '';
  return [`### ${name}`, `${words}${oneOf}`, ...(fields.length > 0 ? [table(fields)] : [])];
}

function table(fields: readonly Field[]): string {
  const rows = fields.map(({ name, type, needed, words, example }) => {
    const such = example === undefined ? '' : ` Such as ${code(example)}.`;
    return `| ${code(name)}${needed ? ' *' : ''} | ${linked(type)} | ${cell(words)}${such} |`;
  });
  return ['| field (* needed) | type | |', '|---|---|---|', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** Code in a cell of a table. */
function code(text: string): string {
  return `\`${cell(text)}\``;
}

/** A type: names of schemas as links, all else as code. */
function linked(type: string): string {
  return type
    .split(/(\[\w+\])/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('[') ? `${part}(#${part.slice(1, -1).toLowerCase()})` : cell(part)))
    .join('');
}
