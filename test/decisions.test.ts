import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = 'docs/decisions';
const files = readdirSync(FOLDER)
  .filter((file) => file !== 'README.md')
  .toSorted();
const pages = files.map((file) => ({ file, text: readFileSync(`${FOLDER}/${file}`, 'utf8') }));
const index = readFileSync(`${FOLDER}/README.md`, 'utf8');

test('the index has one line for each decision, with its title, under its status', () => {
  const sections = index.split(/^## /m).slice(1);
  const listed = sections.flatMap((section) => {
    const [status] = section.split('\n');
    const lines = section.matchAll(/^- \[(\d{4})\]\((\S+)\) (.+)$/gm);
    return [...lines].map(([, number, file, title]) => ({ file, head: `# ${number}. ${title}`, status: `${status}.` }));
  });
  const found = pages.map(({ file, text }) => {
    const [head, , status] = text.split('\n');
    return { file, head, status: status?.startsWith('Replaced by') ? 'Replaced.' : status };
  });
  expect(found.length).toBeGreaterThan(30);
  expect(listed.toSorted((a, b) => (a.head < b.head ? -1 : 1))).toEqual(found);
});

test('decisions are numbered one after the other, each by the number in its name', () => {
  expect(pages.map(({ file }) => file.slice(0, 5))).toEqual(
    pages.map((_, index) => `${String(index + 1).padStart(4, '0')}-`),
  );
  for (const { file, text } of pages) expect(text).toMatch(new RegExp(`^# ${file.slice(0, 4)}\\. \\S`));
});

test('a decision is one short page: context, decision, consequence', () => {
  for (const { file, text } of pages) {
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect([file, ...headings]).toEqual([file, 'Context', 'Decision', 'Consequence']);
    expect([file, text.trimEnd().split('\n').length <= 40]).toEqual([file, true]);
  }
});
