import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// Comments give DingTalk's rules by document and section. A section that is not there is a rule nobody can look up.
const FOLDER = 'docs/dingtalk';
const NUMBER = String.raw`\d+(?:\.\d+)?(?:,?\s+(?:fact|doubt|row)\s+\d+)?`;
// `messaging.md §2.2, §2.3`, `callbacks.md §7.2-7.4`, `callbacks.md §11, doubt 21`; the sign is \u00a7
const CHAIN = new RegExp(
  String.raw`([a-z-]+\.md)\s+((?:\u00a7${NUMBER})(?:(?:\s*[,;–-]\s*|\s+(?:and|to)\s+)\u00a7?${NUMBER})*)|\u00a7${NUMBER}`,
  'g',
);

type Citation = { file: string; line: number; document: string | undefined; section: string };

/** Every section that a text cites. Inside a document of the folder, a section alone is the document's own. */
function citationsIn(file: string, text: string): Citation[] {
  // a comment that goes on in the next line is one text; the length stays, so that a place gives its line
  const flat = text.replace(/\n[ \t]*(?:\*(?!\/)|\/\/|#(?!#))?[ \t]*/g, (lineEnd) => ' '.repeat(lineEnd.length));
  const own = file.startsWith(`${FOLDER}/`) && !file.endsWith('/README.md') ? file.slice(FOLDER.length + 1) : undefined;
  return [...flat.matchAll(CHAIN)].flatMap(({ 0: whole, 1: document = own, 2: sections = whole, index }) =>
    [...sections.matchAll(new RegExp(NUMBER, 'g'))].map(([section]) => ({
      file,
      line: text.slice(0, index).split('\n').length,
      document,
      section: section.replace(/,?\s+/g, ' '),
    })),
  );
}

/** The numbers of a document's headings, and of the numbered rows below each. */
function sectionsOf(text: string): Set<string> {
  let section = '';
  return new Set(
    text.split('\n').flatMap((line) => {
      const [, heading] = /^#{2,4} (\d+(?:\.\d+)?)[. ]/.exec(line) ?? [];
      const [, row] = /^(?:\| )?(\d+)(?:\. | \|)/.exec(line) ?? [];
      section = heading ?? section;
      if (heading !== undefined) return [heading];
      return row === undefined ? [] : ['fact', 'doubt', 'row'].map((word) => `${section} ${word} ${row}`);
    }),
  );
}

const documents = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .map((name) => [name, sectionsOf(readFileSync(`${FOLDER}/${name}`, 'utf8'))]),
);

function wrongIn(citations: Citation[]): string[] {
  return citations.flatMap(({ file, line, document, section }) => {
    const place = `${file}:${line}: \u00a7${section}`;
    if (document === undefined) return [`${place} names no document`];
    const sections = documents.get(document);
    if (sections === undefined) return [`${place} is of ${document}, which is not in ${FOLDER}`];
    return sections.has(section) ? [] : [`${place} is not in ${document}`];
  });
}

test('every section that a comment, a text or a document cites is there', () => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  const files = listed
    .split('\n')
    .filter((file) => /\.(ts|js|cjs|mjs|yml|sh|md|css|html)$/.test(file) && existsSync(file));
  const citations = files.flatMap((file) => citationsIn(file, readFileSync(file, 'utf8')));
  const cited = [...new Set(citations.map(({ file }) => file.split('/')[0]))];
  expect(cited).toEqual(expect.arrayContaining(['functions', 'lib', 'simulator', 'cli', 'test', 'docs']));
  expect(citations.length).toBeGreaterThan(600);
  expect(wrongIn(citations)).toEqual([]);
});

test('a citation without a document, of an unknown one, or of a section that is not there is found', () => {
  const text = [
    '// \u00a72.4: custom robots',
    '/**',
    ' * Two of them (messaging.md \u00a72.3,',
    ' * \u00a72.99). And others.md \u00a71; callbacks.md \u00a70, fact 99, \u00a77.2-7.9.',
    ' */',
  ].join('\n');
  expect(wrongIn(citationsIn('lib/a.ts', text))).toEqual([
    'lib/a.ts:1: \u00a72.4 names no document',
    'lib/a.ts:3: \u00a72.99 is not in messaging.md',
    'lib/a.ts:4: \u00a71 is of others.md, which is not in docs/dingtalk',
    'lib/a.ts:4: \u00a70 fact 99 is not in callbacks.md',
    'lib/a.ts:4: \u00a77.9 is not in callbacks.md',
  ]);
  expect(wrongIn(citationsIn(`${FOLDER}/files.md`, 'as \u00a71.4 says, not \u00a72.7'))).toEqual([
    'docs/dingtalk/files.md:1: \u00a72.7 is not in files.md',
  ]);
});
