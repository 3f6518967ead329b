import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withFigures } from '../bench/figures.ts';
import { carriersTable } from './support/carriers-table.ts';

test('the table of contents and destinations in the documents is the one the code refuses by', () => {
  const table = /<!-- carriers -->\n([\s\S]*?)<!-- \/carriers -->/.exec(readFileSync('docs/messages.md', 'utf8'))?.[1];
  expect(table).toBe(`${carriersTable()}\n`);
});

test('the figures in the documents are those that were measured', () => {
  const figures = readFileSync('docs/figures.md', 'utf8');
  const rows = JSON.parse(readFileSync('bench/results.json', 'utf8'));
  expect(rows.length).toBeGreaterThan(50);
  expect(withFigures(figures, rows)).toBe(figures);
});

const readme = readFileSync('README.md', 'utf8');
const chinese = readFileSync('README.zh-CN.md', 'utf8');

test('the README is read in three minutes', () => {
  const prose = readme.replace(/```[\s\S]*?```/g, '').replace(/\]\([^)]*\)/g, ']');
  expect(prose.split(/\s+/).filter((word) => /\w/.test(word)).length).toBeLessThanOrEqual(700);
});

test('both languages of the README have the same headings, commands, pictures and links', () => {
  const shapeOf = (text: string) => ({
    headings: [...text.matchAll(/^(#+) /gm)].map(([, level]) => level),
    code: [...text.matchAll(/```\w*\n([\s\S]*?)```/g)].map(([, code = '']) => code.replace(/ +#.*$/gm, '')),
    links: [...text.matchAll(/\]\((?!README)([^)]+)\)/g)].map(([, link]) => link),
    rows: [...text.matchAll(/^\|/gm)].length,
  });
  expect(shapeOf(chinese)).toEqual(shapeOf(readme));
});
